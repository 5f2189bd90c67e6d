using System.Globalization;
using Chat4All.Frontend.Auth;
using Chat4All.Frontend.Auth.Limits;
using Chat4All.Grains.Abstractions;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Orleans;

namespace Chat4All.Frontend.Api.Files;

/// <summary>Receives whole chunks: any order, any number at once.</summary>
internal sealed class ChunkDoor(IGrainFactory grains, ChunkIntake intake, UploadRateLimiter limiter)
{
    /// <summary>Slower than this a client only holds a connection; a phone on a poor line is faster.</summary>
    private static readonly MinDataRate SlowestClient = new(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(20));

    public async Task ReceiveAsync(HttpContext context)
    {
        var caller = context.Caller().UserId;
        var uploadId = (string)context.Request.RouteValues["upload_id"]!;
        var number = ChunkNumber(context);
        var sha256 = Checksum(context);
        var grain = Upload(grains, uploadId);
        var (offset, length) = await grain.Admit(caller, number, context.RequestAborted);
        RequireLength(context.Request.ContentLength, length);
        var decision = limiter.TryTake(caller, length);
        if (!decision.Allowed)
        {
            await Problems.WriteRateLimitedAsync(context, decision);
            return;
        }

        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = SlowestClient;
        }

        var receipt = await intake.TakeAsync(
            uploadId, offset, number, context.Request.Body, length, sha256,
            chunk => grain.Register(caller, chunk, CancellationToken.None),
            context.RequestAborted);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, ReceivedChunk.Of(number, receipt.Upload), FilesJson.Default.ReceivedChunk);
    }

    /// <summary>The grain of an upload. Throws <c>upload_not_found</c> for what can be none's id.</summary>
    public static IUploadSessionGrain Upload(IGrainFactory grains, string uploadId) => Guid.TryParseExact(uploadId, "d", out var id) && id.ToString() == uploadId
        ? grains.GetGrain<IUploadSessionGrain>(uploadId)
        : throw UploadRefusals.NotFound();

    private static int ChunkNumber(HttpContext context)
    {
        var text = context.Request.RouteValues["chunk_number"] as string ?? context.Request.Query["chunk_number"].ToString();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ChatException.Invalid(ErrorCodes.InvalidChunkNumber, "The chunk number must be a number from 1 on.", "chunk_number");
    }

    private static string? Checksum(HttpContext context)
    {
        if (context.Request.Query["checksum_sha256"].ToString() is not { Length: > 0 } text)
        {
            return null;
        }

        new FieldErrors().Check(FileRules.IsSha256(text), "checksum_sha256", "must be 64 hex digits").ThrowIfAny();
        return text;
    }

    /// <summary>A body that says how long it is gets its answer before it is sent.</summary>
    private static void RequireLength(long? declared, int length)
    {
        if (declared == 0)
        {
            throw ChatException.Invalid(ErrorCodes.EmptyChunk, $"The body is empty; this chunk must have {length} bytes. Was its file found?");
        }

        if (declared is not null && declared != length)
        {
            throw ChatException.Invalid(ErrorCodes.WrongChunkLength, $"The body must have {length} bytes, not {declared}.");
        }
    }
}
