using Chat4All.Grains.Abstractions;

namespace Chat4All.Grains.Ports;

/// <summary>Rows of uploads and files. Decides every race: between chunks of one number, between completing and abandoning, between two files of the same content.</summary>
public interface IFileStore
{
    /// <summary>Inserts the row if the user's open uploads, with this one, stay within the quota. What expired before it was opened does not count.</summary>
    Task<NewUploadOutcome> CreateAsync(FileRecord file, UploadQuota quota, CancellationToken cancellationToken);

    Task<FileRecord?> FindAsync(string fileId, CancellationToken cancellationToken);

    /// <summary>By number.</summary>
    Task<IReadOnlyList<StoredChunk>> ListChunksAsync(string fileId, CancellationToken cancellationToken);

    /// <summary>Notes a piece of an open upload that has not expired, if there is none of its number; then the upload is <see cref="FileStatus.Uploading"/>.</summary>
    Task<NewChunkOutcome> AddChunkAsync(string fileId, StoredChunk chunk, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// From open, or failed with <c>merge_failed</c>, to <see cref="FileStatus.Merging"/>, if the pieces add up to the file's size. Answers the row as it is afterwards, whatever it was before; null when there is none.
    /// </summary>
    /// <param name="storageKey">What the merged object is to be called, from here on kept from the collector.</param>
    Task<FileRecord?> CloseAsync(string fileId, string storageKey, string? contentSha256, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// From <see cref="FileStatus.Merging"/> to <see cref="FileStatus.Completed"/>, with its outbox row in the same transaction. Where another completed file has the same content, its object
    /// is shared. Answers the row as it is afterwards, unchanged when it is not merging into <paramref name="storageKey"/>; null, with nothing changed, when <paramref name="composed"/> is
    /// false and there is no object to share.
    /// </summary>
    /// <param name="storageKey">What the file's own object is called. A merge that was given up and asked for again has another name, whose object is not there yet.</param>
    /// <param name="composed">Whether the file's own object is there.</param>
    /// <param name="outbox">Takes the conversation's newest seq.</param>
    Task<FileRecord?> CompleteAsync(
        string fileId, string storageKey, string contentSha256, bool composed, OutboxRow outbox, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>From <see cref="FileStatus.Merging"/> to <see cref="FileStatus.Failed"/>. False when it was not merging into <paramref name="storageKey"/>.</summary>
    /// <param name="storageKey">As in <see cref="CompleteAsync"/>; null for any.</param>
    Task<bool> FailAsync(string fileId, string? storageKey, string error, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Deletes the rows of the pieces.</summary>
    Task DeleteChunksAsync(string fileId, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes an upload that is open or failed, with its pieces' rows; null when it is neither. Answers the keys that were the pieces', which nothing refers to any more.
    /// </summary>
    /// <param name="expiredBy">Only when it expired before this moment; null whenever.</param>
    Task<IReadOnlyList<StoredPart>?> DeleteAsync(string fileId, DateTimeOffset? expiredBy, CancellationToken cancellationToken);

    /// <summary>Ids of uploads, open or failed, that expired before this moment; oldest first.</summary>
    Task<IReadOnlyList<string>> ListExpiredAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);

    /// <summary>Uploads that have been merging since before this moment, and are noted as tried again now.</summary>
    Task<IReadOnlyList<FileRecord>> TakeStalledAsync(DateTimeOffset before, DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>Those of the keys that a file or a piece refers to.</summary>
    Task<IReadOnlySet<string>> FindReferencedAsync(IReadOnlyCollection<string> storageKeys, CancellationToken cancellationToken);

    /// <summary>Writes down in <c>audit_log</c> what a collection freed.</summary>
    /// <param name="actor">Who asked for it: a user's id, or <c>collector</c>.</param>
    /// <param name="detail">A JSON object.</param>
    Task AuditAsync(string actor, string action, string detail, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>A row of <c>files</c>.</summary>
public sealed record FileRecord
{
    public required string FileId { get; init; }

    public required string ConversationId { get; init; }

    public required string UserId { get; init; }

    public required string Filename { get; init; }

    public required long FileSize { get; init; }

    public required string MimeType { get; init; }

    /// <summary>What the client said; lower-case hex.</summary>
    public string? ChecksumSha256 { get; init; }

    /// <summary>What was received; lower-case hex; null until it is known.</summary>
    public string? ContentSha256 { get; init; }

    public required FileStatus Status { get; init; }

    public required UploadKind Kind { get; init; }

    public required int ChunkSize { get; init; }

    /// <summary>0 for <see cref="UploadKind.Tail"/>.</summary>
    public required int TotalChunks { get; init; }

    public required int UploadedChunks { get; init; }

    /// <summary>The merged object; also while it is being made.</summary>
    public string? StorageKey { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    public string? Metadata { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Whether pieces may still come.</summary>
    public bool IsOpen => Status.IsOpen();
}

/// <summary>What a user's uploads that are not completed yet may add up to.</summary>
public readonly record struct UploadQuota(int Uploads, long Bytes);

/// <summary>Whether an upload was opened.</summary>
public enum NewUploadOutcome
{
    Created,
    TooManyUploads,
    TooManyBytes,
}

/// <summary>What became of a piece.</summary>
/// <param name="Upload">The row afterwards; null when there is none.</param>
/// <param name="Chunk">The piece that has the number now; null when the upload takes none any more.</param>
public readonly record struct NewChunkOutcome(FileRecord? Upload, StoredChunk? Chunk);
