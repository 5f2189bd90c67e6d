using System.Security.Cryptography;
using Chat4All.Frontend.Auth.Limits;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Api.Files.Tus;

/// <summary>
/// Takes in the body of a PATCH. It is stored and registered piece by piece, each whole in memory first, so that of a body that is cut everything that came is kept and counts.
/// A body with a checksum counts as a whole or not at all: it is one piece, straight from the socket.
/// </summary>
internal sealed class TusIntake(ChunkIntake intake, TusWriters writers, TusBodies bodies, UploadRateLimiter limiter, TimeProvider time)
{
    /// <summary>More than this are refused: as many parts S3 composes, and each is a row.</summary>
    private const int MaxPieces = 10_000;

    /// <summary>Reads the body to its end and answers the upload as it then is.</summary>
    public async Task<UploadView> TakeAsync(HttpContext context, IUploadSessionGrain grain, UploadView upload, TusChecksum? checksum)
    {
        var writer = writers.Begin(upload.UploadId);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, writer.Stop.Token);
        try
        {
            return checksum is null
                ? await TakePiecesAsync(context, grain, upload, end.Token)
                : await TakeWholeAsync(context, grain, upload, checksum, end.Token);
        }
        catch (OperationCanceledException) when (writer.Stop.IsCancellationRequested)
        {
            throw ChatException.Conflict(ErrorCodes.OffsetMismatch, "Another request took the upload over.");
        }
        finally
        {
            writers.End(writer);
        }
    }

    private async Task<UploadView> TakeWholeAsync(HttpContext context, IUploadSessionGrain grain, UploadView upload, TusChecksum checksum, CancellationToken cancellationToken)
    {
        var length = context.Request.ContentLength switch
        {
            null => throw new ProblemException(StatusCodes.Status411LengthRequired, ProblemCodes.Of(StatusCodes.Status411LengthRequired), "A body with a checksum must say how long it is."),
            0 => throw ChatException.Invalid(ErrorCodes.EmptyChunk, "The body is empty."),
            > FileRules.MaxChunkSize => throw TooLarge($"A body with a checksum may have {FileRules.MaxChunkSize} bytes at most."),
            { } bytes => (int)bytes,
        };
        RequirePiece(upload);
        await PaceAsync(context, upload.UserId, length, isFirst: true, cut: null, cancellationToken);
        using var hash = IncrementalHash.CreateHash(checksum.Algorithm);
        var body = checksum.Sha256 is null ? new HashedBody(context.Request.Body, hash) : context.Request.Body;
        var receipt = await intake.TakeAsync(
            upload.UploadId, upload.UploadedBytes, 0, body, length, checksum.Sha256,
            piece =>
            {
                if (checksum.Sha256 is null)
                {
                    checksum.Require(hash);
                }

                return grain.Append(upload.UserId, upload.UploadedBytes, piece, CancellationToken.None);
            },
            cancellationToken);
        return receipt.Upload;
    }

    private async Task<UploadView> TakePiecesAsync(HttpContext context, IUploadSessionGrain grain, UploadView upload, CancellationToken cancellationToken)
    {
        using var place = await bodies.TakeAsync(upload.UserId, context.Request.ContentLength, cancellationToken);
        for (var isFirst = true; ; isFirst = false)
        {
            var room = (int)Math.Min(place.Piece.Length, upload.FileSize - upload.UploadedBytes);
            var (read, cut) = await FillAsync(context.Request.Body, place.Piece.AsMemory(0, room), cancellationToken);
            if (read > 0)
            {
                RequirePiece(upload);
                cut = await PaceAsync(context, upload.UserId, read, isFirst, cut, cancellationToken);
                upload = await StoreAsync(grain, upload, place.Piece, read);
            }

            if (cut is not null)
            {
                throw cut;
            }

            if (read == 0 || upload.UploadedBytes == upload.FileSize)
            {
                return upload;
            }
        }
    }

    /// <summary>Reads until the piece is full, the body ends, or the connection is cut.</summary>
    private static async Task<(int Read, Exception? Cut)> FillAsync(Stream body, Memory<byte> piece, CancellationToken cancellationToken)
    {
        var filled = 0;
        try
        {
            while (filled < piece.Length && await body.ReadAsync(piece[filled..], cancellationToken) is > 0 and var read)
            {
                filled += read;
            }

            return (filled, null);
        }
        catch (Exception cut) when (cut is IOException or OperationCanceledException)
        {
            return (filled, cut);
        }
    }

    /// <summary>Whether or not the client is still there.</summary>
    private async Task<UploadView> StoreAsync(IUploadSessionGrain grain, UploadView upload, byte[] buffer, int length)
    {
        using var content = new MemoryStream(buffer, 0, length, writable: false);
        var receipt = await intake.TakeAsync(
            upload.UploadId, upload.UploadedBytes, 0, content, length, null,
            piece => grain.Append(upload.UserId, upload.UploadedBytes, piece, CancellationToken.None),
            CancellationToken.None);
        return receipt.Upload;
    }

    /// <summary>
    /// Takes the bytes from the user's minute. A body that has begun is not refused but read more slowly: clients do not try again after a 429. What has come of one that is cut is
    /// not held up any more.
    /// </summary>
    /// <returns>Why the body has ended before its end, now or before; null when it has not.</returns>
    private async Task<Exception?> PaceAsync(HttpContext context, string userId, int length, bool isFirst, Exception? cut, CancellationToken cancellationToken)
    {
        while (true)
        {
            var decision = limiter.TryTake(userId, length);
            if (decision.Allowed || (cut is not null && !isFirst))
            {
                return cut;
            }

            if (isFirst)
            {
                decision.WriteTo(context.Response.Headers);
                throw new ProblemException(StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited, $"At most {decision.Limit} KiB a minute are taken here.");
            }

            try
            {
                await Task.Delay(TimeSpan.FromSeconds(decision.RetryAfterSeconds), time, cancellationToken);
            }
            catch (OperationCanceledException ended)
            {
                cut = ended;
            }
        }
    }

    private static void RequirePiece(UploadView upload)
    {
        if (upload.UploadedChunks >= MaxPieces)
        {
            throw ChatException.Conflict(ErrorCodes.UploadClosed, $"The upload came in {MaxPieces} pieces and takes no more; send larger ones.");
        }
    }

    private static ProblemException TooLarge(string detail) => new(StatusCodes.Status413PayloadTooLarge, ProblemCodes.BodyTooLarge, detail);
}
