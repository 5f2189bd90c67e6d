using System.Collections.Immutable;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Files;

/// <summary>What the grain knows of its upload: the row and the pieces, by number.</summary>
internal sealed record UploadState(FileRecord File, ImmutableSortedDictionary<int, StoredChunk> Chunks)
{
    /// <summary>Bytes that are there.</summary>
    public long Bytes { get; } = File.Status is FileStatus.Completed or FileStatus.Merging || File.Error == ErrorCodes.MergeFailed
        ? File.FileSize
        : Chunks.Values.Sum(static chunk => (long)chunk.Size);

    public UploadState With(FileRecord file, StoredChunk chunk) => new(file, Chunks.SetItem(chunk.Number, chunk));

    /// <summary>Where a chunk of this number lies. Throws <c>invalid_chunk_number</c>.</summary>
    public ChunkSlot SlotOf(int chunkNumber)
    {
        if (File.Kind != UploadKind.Chunks || chunkNumber < 1 || chunkNumber > File.TotalChunks)
        {
            throw ChatException.Invalid(ErrorCodes.InvalidChunkNumber, $"The chunk number must be 1 to {File.TotalChunks}.", "chunk_number");
        }

        var offset = (long)(chunkNumber - 1) * File.ChunkSize;
        return new ChunkSlot(offset, (int)Math.Min(File.ChunkSize, File.FileSize - offset));
    }

    public UploadView View() => new()
    {
        UploadId = File.FileId,
        ConversationId = File.ConversationId,
        UserId = File.UserId,
        Filename = File.Filename,
        FileSize = File.FileSize,
        MimeType = File.MimeType,
        Status = File.Status,
        Kind = File.Kind,
        ChunkSize = File.ChunkSize,
        TotalChunks = File.TotalChunks,
        UploadedChunks = File.UploadedChunks,
        UploadedBytes = Bytes,
        MissingChunks = File.IsOpen && File.Kind == UploadKind.Chunks
            ? [.. Enumerable.Range(1, File.TotalChunks).Where(number => !Chunks.ContainsKey(number))]
            : [],
        CreatedAt = File.CreatedAt,
        ExpiresAt = File.ExpiresAt,
        CompletedAt = File.CompletedAt,
        ContentSha256 = File.ContentSha256,
        Error = File.Error,
        Metadata = File.Metadata,
    };
}
