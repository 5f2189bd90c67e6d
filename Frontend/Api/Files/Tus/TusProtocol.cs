using System.Globalization;
using Chat4All.Grains.Abstractions;
using Microsoft.AspNetCore.Http.Features;

namespace Chat4All.Frontend.Api.Files.Tus;

/// <summary>What every call of tus 1.0.0 has in common: its headers, its version, and its own status codes for what the grain refuses.</summary>
internal static class TusProtocol
{
    public const string Version = "1.0.0";
    public const string Extensions = "creation,expiration,checksum,termination";
    public const string ChecksumAlgorithms = "sha256,sha1";
    public const string BodyType = "application/offset+octet-stream";

    /// <summary>The status that the checksum extension adds to HTTP.</summary>
    public const int ChecksumMismatch = 460;

    /// <summary>Wraps a handler: refuses other versions, and answers refusals as tus has them.</summary>
    public static RequestDelegate Speak(Func<HttpContext, Task> handler) => async context =>
    {
        context.Response.Headers["Tus-Resumable"] = Version;
        if (context.Request.Headers["Tus-Resumable"] != Version)
        {
            context.Response.Headers["Tus-Version"] = Version;
            await Problems.WriteAsync(context, StatusCodes.Status412PreconditionFailed, "tus_version", $"The header Tus-Resumable must be {Version}.");
            return;
        }

        try
        {
            await handler(context);
        }
        catch (ChatException refusal) when (StatusOf(refusal.Error.Code) is { } status)
        {
            if (status == ChecksumMismatch)
            {
                context.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = "Checksum Mismatch";
            }

            throw new ProblemException(status, refusal.Error.Code, refusal.Error.Detail);
        }
    };

    /// <summary>Says how far the upload is and how long it takes more.</summary>
    public static void Describe(this HttpResponse response, UploadView upload)
    {
        response.Headers["Upload-Offset"] = upload.UploadedBytes.ToString(CultureInfo.InvariantCulture);
        if (upload.Status.IsOpen())
        {
            response.Headers["Upload-Expires"] = upload.ExpiresAt.ToString("R", CultureInfo.InvariantCulture);
        }
    }

    /// <summary>A header that holds a number of bytes. Throws <c>validation_failed</c>.</summary>
    public static long Bytes(this HttpRequest request, string header) =>
        long.TryParse(request.Headers[header].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? bytes
            : throw ChatException.Invalid(ErrorCodes.ValidationFailed, $"The header {header} must be a number of bytes.", header);

    private static int? StatusOf(string code) => code switch
    {
        ErrorCodes.ChecksumMismatch => ChecksumMismatch,
        ErrorCodes.UploadExpired or ErrorCodes.UploadFailed => StatusCodes.Status410Gone,
        _ => null,
    };
}
