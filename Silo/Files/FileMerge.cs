using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Chat4All.Grains;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Chat4All.Silo.Files;

/// <summary>
/// Makes one object of an upload's pieces, where they are stored, and judges it. Each step leaves behind only what the next run finds again: wherever a crash stops it, running again
/// ends the same.
/// </summary>
internal sealed partial class FileMerge(
    IFileStore files, IObjectStore objects, IGrainFactory grains, TimeProvider time, ILogger<FileMerge> logger)
{
    private const int MaxHead = 4096;

    public async Task RunAsync(string fileId, CancellationToken cancellationToken)
    {
        var file = await files.FindAsync(fileId, cancellationToken);
        if (file?.Status != FileStatus.Merging && !IsDecided(file))
        {
            // Deleted since, a request that is older than the row, or one that was given up and keeps its pieces.
            return;
        }

        var pieces = await files.ListChunksAsync(fileId, cancellationToken);
        if (file!.Status == FileStatus.Merging)
        {
            if (pieces.Sum(static piece => (long)piece.Size) != file.FileSize)
            {
                // Row and pieces are two reads: between them another run has ended the merge. The next attempt sees how.
                throw new InvalidDataException("The pieces do not add up to the file's size.");
            }

            var started = Stopwatch.GetTimestamp();
            file = await MergeAsync(file, pieces, cancellationToken);
            if (!IsDecided(file))
            {
                // Another run gave up meanwhile, or an operator has it tried again: the pieces are still needed.
                return;
            }

            FileMetrics.Merged(file, Stopwatch.GetElapsedTime(started));
        }

        // Pieces that are still noted say that a run did not get to its end: then nobody may have been told.
        if (file.Status == FileStatus.Completed && pieces.Count > 0)
        {
            await AnnounceAsync(file, cancellationToken);
        }

        await objects.DeleteAsync([.. pieces.Select(static piece => piece.StorageKey)], cancellationToken);
        await files.DeleteChunksAsync(fileId, cancellationToken);
    }

    private static bool IsDecided([NotNullWhen(true)] FileRecord? file) =>
        file is { Status: FileStatus.Completed } or { Status: FileStatus.Failed, Error: not ErrorCodes.MergeFailed };

    /// <summary>Answers the row as it is afterwards, whoever made it so; null when it is gone.</summary>
    private async Task<FileRecord?> MergeAsync(FileRecord file, IReadOnlyList<StoredChunk> pieces, CancellationToken cancellationToken)
    {
        if (await JudgeHeadAsync(file, pieces, cancellationToken) is { } refusal)
        {
            return await FailAsync(file, refusal, cancellationToken);
        }

        // With the hash known beforehand, content that is stored already need not be put together at all.
        if (file.ContentSha256 is { } known)
        {
            if (file.ChecksumSha256 is not null && file.ChecksumSha256 != known)
            {
                return await FailAsync(file, ErrorCodes.ChecksumMismatch, cancellationToken);
            }

            if (await CompleteAsync(file, known, composed: false, cancellationToken) is { } shared)
            {
                return shared;
            }
        }

        var hashing = file.ContentSha256 is { } hash ? Task.FromResult(hash) : PieceHash.OfAsync(objects, pieces, cancellationToken);
        var composing = ComposeAsync(file, pieces, cancellationToken);
        await Task.WhenAll(hashing, composing);
        var sha256 = await hashing;
        if (file.ChecksumSha256 is not null && file.ChecksumSha256 != sha256)
        {
            return await FailAsync(file, ErrorCodes.ChecksumMismatch, cancellationToken);
        }

        var completed = await CompleteAsync(file, sha256, composed: true, cancellationToken);
        if (completed?.StorageKey != file.StorageKey)
        {
            // The same content was there before, or came at the same time; or the merge was given up meanwhile, and if it is tried again, makes an object of its own.
            await objects.DeleteAsync([file.StorageKey!], cancellationToken);
        }

        return completed;
    }

    private async Task ComposeAsync(FileRecord file, IReadOnlyList<StoredChunk> pieces, CancellationToken cancellationToken)
    {
        await objects.ComposeAsync(file.StorageKey!, [.. pieces.Select(static piece => new StoredPart(piece.StorageKey, piece.Size))], cancellationToken);
        var made = await objects.FindAsync(file.StorageKey!, cancellationToken);
        if (made?.Length != file.FileSize)
        {
            throw new InvalidDataException($"The merged object has {made?.Length ?? 0} bytes, not {file.FileSize}.");
        }
    }

    /// <summary>Why the content may not be what it is declared as; null when it may.</summary>
    private async Task<string?> JudgeHeadAsync(FileRecord file, IReadOnlyList<StoredChunk> pieces, CancellationToken cancellationToken)
    {
        var head = new byte[(int)Math.Min(MaxHead, file.FileSize)];
        var filled = 0;
        foreach (var piece in pieces)
        {
            var length = Math.Min(piece.Size, head.Length - filled);
            if (length == 0)
            {
                break;
            }

            await using var content = await objects.OpenAsync(piece.StorageKey, 0, length, cancellationToken);
            await content.ReadExactlyAsync(head.AsMemory(filled, length), cancellationToken);
            filled += length;
        }

        return ContentRules.Refuse(file.MimeType, head);
    }

    private Task<FileRecord?> CompleteAsync(FileRecord file, string sha256, bool composed, CancellationToken cancellationToken)
    {
        var now = time.GetStoreNow();
        var outbox = new OutboxRow
        {
            Id = Guid.CreateVersion7(now),
            AggregateType = "file",
            AggregateId = file.FileId,
            EventType = EventTypes.FileCompleted,
            Payload = FileEvents.Completed(file, sha256, now),
            TraceParent = Telemetry.RecordedTrace,
        };
        return files.CompleteAsync(file.FileId, file.StorageKey!, sha256, composed, outbox, now, cancellationToken);
    }

    private async Task<FileRecord?> FailAsync(FileRecord file, string reason, CancellationToken cancellationToken)
    {
        if (!await files.FailAsync(file.FileId, file.StorageKey, reason, time.GetUtcNow(), cancellationToken))
        {
            // Another run was faster, and the object may be a completed file's.
            return await files.FindAsync(file.FileId, cancellationToken);
        }

        await objects.DeleteAsync([file.StorageKey!], cancellationToken);
        LogRefused(logger, file.FileId, reason);
        return file with { Status = FileStatus.Failed, Error = reason };
    }

    private async Task AnnounceAsync(FileRecord file, CancellationToken cancellationToken)
    {
        var conversation = grains.GetGrain<IConversationGrain>(file.ConversationId);
        await conversation.Announce(EventTypes.FileCompleted, FileEvents.Completed(file, file.ContentSha256!, file.CompletedAt!.Value), cancellationToken);
    }

    [LoggerMessage(1601, LogLevel.Warning, "File {FileId} was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string fileId, string reason);
}
