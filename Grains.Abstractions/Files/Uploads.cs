using Orleans;

namespace Chat4All.Grains.Abstractions;

/// <summary>Where a file is between its first byte and its last.</summary>
public enum FileStatus
{
    /// <summary>Nothing has come yet.</summary>
    Pending = 0,

    Uploading,

    /// <summary>All is there and waits to be made one object.</summary>
    Merging,

    Completed,

    /// <summary>Refused for what it holds.</summary>
    Failed,
}

/// <summary>What a <see cref="FileStatus"/> means.</summary>
public static class FileStatusMeaning
{
    /// <summary>Whether pieces may still come.</summary>
    public static bool IsOpen(this FileStatus status) => status is FileStatus.Pending or FileStatus.Uploading;
}

/// <summary>How the pieces of an upload come.</summary>
public enum UploadKind
{
    /// <summary>Whole chunks of one length, in any order.</summary>
    Chunks = 0,

    /// <summary>Pieces of any length, each where the one before ends (tus).</summary>
    Tail,
}

/// <summary>A request to open an upload; its fields have been checked.</summary>
[GenerateSerializer, Immutable, Alias("chat4all.InitiateUpload")]
public sealed record InitiateUpload
{
    [Id(0)]
    public required string UserId { get; init; }

    [Id(1)]
    public required string ConversationId { get; init; }

    /// <summary>1 to 255 characters, no path.</summary>
    [Id(2)]
    public required string Filename { get; init; }

    /// <summary>1 to 2,147,483,648 bytes.</summary>
    [Id(3)]
    public required long FileSize { get; init; }

    [Id(4)]
    public required string MimeType { get; init; }

    /// <summary>SHA-256 of the whole content in lower-case hex; null when the client does not say.</summary>
    [Id(5)]
    public string? ChecksumSha256 { get; init; }

    /// <summary>Bytes of each chunk but the last; of no meaning for <see cref="UploadKind.Tail"/>.</summary>
    [Id(6)]
    public required int ChunkSize { get; init; }

    [Id(7)]
    public UploadKind Kind { get; init; }

    /// <summary>What the client wants back (tus <c>Upload-Metadata</c>); null for none.</summary>
    [Id(8)]
    public string? Metadata { get; init; }
}

/// <summary>A piece that lies in the object store.</summary>
/// <param name="Number">1-based.</param>
/// <param name="Sha256">Of the bytes received, in lower-case hex.</param>
/// <param name="StorageKey">Its object; no other piece has it.</param>
[GenerateSerializer, Immutable, Alias("chat4all.StoredChunk")]
public sealed record StoredChunk([property: Id(0)] int Number, [property: Id(1)] int Size, [property: Id(2)] string Sha256, [property: Id(3)] string StorageKey);

/// <summary>The place of a chunk in its file.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">How many bytes it must have.</param>
[GenerateSerializer, Immutable, Alias("chat4all.ChunkSlot")]
public readonly record struct ChunkSlot([property: Id(0)] long Offset, [property: Id(1)] int Length);

/// <summary>What became of a piece.</summary>
/// <param name="Stored">False when the same bytes were there before: then the new object is not needed.</param>
/// <param name="Upload">How far the upload is with it.</param>
[GenerateSerializer, Immutable, Alias("chat4all.ChunkReceipt")]
public sealed record ChunkReceipt([property: Id(0)] bool Stored, [property: Id(1)] UploadView Upload);

/// <summary>An upload, and the file that it becomes.</summary>
[GenerateSerializer, Immutable, Alias("chat4all.UploadView")]
public sealed record UploadView
{
    /// <summary>The file's id too.</summary>
    [Id(0)]
    public required string UploadId { get; init; }

    [Id(1)]
    public required string ConversationId { get; init; }

    /// <summary>Who uploads it.</summary>
    [Id(2)]
    public required string UserId { get; init; }

    [Id(3)]
    public required string Filename { get; init; }

    [Id(4)]
    public required long FileSize { get; init; }

    [Id(5)]
    public required string MimeType { get; init; }

    [Id(6)]
    public required FileStatus Status { get; init; }

    [Id(7)]
    public required UploadKind Kind { get; init; }

    [Id(8)]
    public required int ChunkSize { get; init; }

    [Id(9)]
    public required int TotalChunks { get; init; }

    [Id(10)]
    public required int UploadedChunks { get; init; }

    /// <summary>Bytes that are there; for <see cref="UploadKind.Tail"/> the offset at which the next piece begins.</summary>
    [Id(11)]
    public required long UploadedBytes { get; init; }

    /// <summary>Numbers of the chunks that have not come; empty from <see cref="FileStatus.Merging"/> on and for <see cref="UploadKind.Tail"/>.</summary>
    [Id(12)]
    public required int[] MissingChunks { get; init; }

    [Id(13)]
    public required DateTimeOffset CreatedAt { get; init; }

    [Id(14)]
    public required DateTimeOffset ExpiresAt { get; init; }

    [Id(15)]
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>SHA-256 of the content in lower-case hex, once it is known.</summary>
    [Id(16)]
    public string? ContentSha256 { get; init; }

    /// <summary>Why it failed: a stable snake_case code.</summary>
    [Id(17)]
    public string? Error { get; init; }

    [Id(18)]
    public string? Metadata { get; init; }
}
