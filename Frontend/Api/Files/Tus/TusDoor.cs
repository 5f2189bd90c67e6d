using System.Globalization;
using Chat4All.Frontend.Auth;
using Chat4All.Grains.Abstractions;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;
using Orleans;

namespace Chat4All.Frontend.Api.Files.Tus;

/// <summary>tus 1.0.0 (https://tus.io/protocols/resumable-upload): the same uploads as by chunks, written from front to back.</summary>
internal sealed class TusDoor(IGrainFactory grains, TusIntake intake, TusWriters writers, RunningHashes hashes, TimeProvider time)
{
    /// <summary>A phone in a tunnel keeps its connection for a while; whoever is slower than this only holds one.</summary>
    private static readonly MinDataRate SlowestClient = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(30));

    /// <summary>What there is to be had. Any version may ask, and nobody needs a token.</summary>
    public static Task DescribeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers["Tus-Resumable"] = TusProtocol.Version;
        headers["Tus-Version"] = TusProtocol.Version;
        headers["Tus-Extension"] = TusProtocol.Extensions;
        headers["Tus-Checksum-Algorithm"] = TusProtocol.ChecksumAlgorithms;
        headers["Tus-Max-Size"] = FileRules.MaxFileSize.ToString(CultureInfo.InvariantCulture);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    public async Task CreateAsync(HttpContext context)
    {
        var metadata = context.Request.Headers["Upload-Metadata"].ToString();
        var size = context.Request.Bytes("Upload-Length");
        FileRules.RequireSize(size);
        var command = FileRules.Check(TusMetadata.Read(metadata, size), context.Caller().UserId, UploadKind.Tail, metadata);
        var id = Ids.New(time);
        var upload = await grains.GetGrain<IUploadSessionGrain>(id).Initiate(command, context.RequestAborted);
        context.Response.Describe(upload);
        context.Response.Headers.Location = $"/v1/tus/{id}";
        context.Response.StatusCode = StatusCodes.Status201Created;
    }

    public async Task GetAsync(HttpContext context)
    {
        var (grain, upload) = await FindAsync(context);
        if (upload.Status.IsOpen())
        {
            await writers.StopAsync(upload.UploadId, context.RequestAborted);
            upload = await grain.Get(upload.UserId, context.RequestAborted);
        }

        if (IsWanting(upload))
        {
            // All is there, but whoever wrote the end did not get as far as closing it, or its merge was given up.
            upload = await CompleteAsync(grain, upload);
        }

        context.Response.Describe(upload);
        context.Response.Headers["Upload-Length"] = upload.FileSize.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["Upload-Metadata"] = upload.Metadata;
        context.Response.Headers.CacheControl = "no-store";
    }

    public async Task AppendAsync(HttpContext context)
    {
        RequireMediaType(context.Request);
        var offset = context.Request.Bytes("Upload-Offset");
        var checksum = TusChecksum.Of(context.Request);
        var (grain, upload) = await FindAsync(context);
        if (offset != upload.UploadedBytes)
        {
            throw UploadRefusals.WrongOffset(upload.UploadedBytes);
        }

        if (context.Request.ContentLength > upload.FileSize - offset)
        {
            throw new ProblemException(StatusCodes.Status413PayloadTooLarge, ProblemCodes.BodyTooLarge, $"Only {upload.FileSize - offset} bytes are missing.");
        }

        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = SlowestClient;
        }

        if (upload.Status.IsOpen())
        {
            upload = upload.UploadedBytes == upload.FileSize ? upload : await intake.TakeAsync(context, grain, upload, checksum);
        }

        upload = IsWanting(upload) ? await CompleteAsync(grain, upload) : upload;

        context.Response.Describe(upload);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public async Task DeleteAsync(HttpContext context)
    {
        var (grain, upload) = await FindAsync(context);
        await grain.Abandon(upload.UserId, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>For clients behind something that lets only GET and POST through.</summary>
    public Task OverrideAsync(HttpContext context)
    {
        switch (context.Request.Headers["X-HTTP-Method-Override"].ToString().ToUpperInvariant())
        {
            case "PATCH":
                return AppendAsync(context);
            case "DELETE":
                return DeleteAsync(context);
            default:
                context.Response.Headers.Allow = "OPTIONS, HEAD, PATCH, DELETE";
                context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                return Task.CompletedTask;
        }
    }

    private async Task<(IUploadSessionGrain Grain, UploadView Upload)> FindAsync(HttpContext context)
    {
        var caller = context.Caller().UserId;
        var grain = ChunkDoor.Upload(grains, (string)context.Request.RouteValues["upload_id"]!);
        var upload = await grain.Get(caller, context.RequestAborted);
        if (upload.UserId != caller || upload.Kind != UploadKind.Tail)
        {
            throw UploadRefusals.NotFound();
        }

        var isAgain = upload.Error == ErrorCodes.MergeFailed;
        if (upload.Status == FileStatus.Failed && !isAgain)
        {
            throw UploadRefusals.Failed(upload.Error);
        }

        return isAgain && upload.ExpiresAt <= time.GetUtcNow()
            ? throw UploadRefusals.Expired()
            : (grain, upload);
    }

    /// <summary>Whether it has every byte and still waits for being completed, the first time or again.</summary>
    private static bool IsWanting(UploadView upload) =>
        upload.UploadedBytes == upload.FileSize && (upload.Status.IsOpen() || upload.Error == ErrorCodes.MergeFailed);

    private Task<UploadView> CompleteAsync(IUploadSessionGrain grain, UploadView upload) =>
        grain.Complete(upload.UserId, hashes.Finish(upload.UploadId, upload.FileSize), CancellationToken.None);

    private static void RequireMediaType(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals(TusProtocol.BodyType, StringComparison.OrdinalIgnoreCase))
        {
            const int status = StatusCodes.Status415UnsupportedMediaType;
            throw new ProblemException(status, ProblemCodes.Of(status), $"The body must be {TusProtocol.BodyType}.");
        }
    }
}
