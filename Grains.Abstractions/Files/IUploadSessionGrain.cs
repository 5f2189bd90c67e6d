using Orleans;
using Orleans.Concurrency;

namespace Chat4All.Grains.Abstractions;

/// <summary>
/// Owns one upload: which pieces are there and whether it is closed. The key is the upload id, which is the file's id too. Bodies never travel through it: a door streams them
/// into the object store first, and then asks for them to be registered.
/// </summary>
/// <remarks>
/// Throws <see cref="ChatException"/> <c>upload_not_found</c> where there is no such upload or it is not the caller's, <c>upload_expired</c> when its time is over. Whoever stored an
/// object that is then refused deletes it.
/// </remarks>
[Alias("chat4all.IUploadSessionGrain")]
public interface IUploadSessionGrain : IGrainWithStringKey
{
    /// <summary>Opens the upload. <c>not_a_member</c>, <c>conversation_not_found</c>, <c>too_many_uploads</c>, <c>upload_quota_exceeded</c>.</summary>
    [Alias("Initiate")]
    Task<UploadView> Initiate(InitiateUpload command, CancellationToken cancellationToken);

    /// <summary>How far it is, for whoever uploads it and for members of its conversation; also after its end.</summary>
    [AlwaysInterleave, Alias("Get")]
    ValueTask<UploadView> Get(string callerId, CancellationToken cancellationToken);

    /// <summary>The file, for members of its conversation alone; while it is open, for whoever uploads it too. <c>not_a_member</c>.</summary>
    [AlwaysInterleave, Alias("GetFile")]
    ValueTask<UploadView> GetFile(string callerId, CancellationToken cancellationToken);

    /// <summary>Asked before a chunk's body is read: where it lies and how long it must be. <c>invalid_chunk_number</c>, <c>upload_closed</c>.</summary>
    [AlwaysInterleave, Alias("Admit")]
    ValueTask<ChunkSlot> Admit(string callerId, int chunkNumber, CancellationToken cancellationToken);

    /// <summary>
    /// Notes a chunk that lies in the object store. The first one of a number wins; the same bytes again are <see cref="ChunkReceipt.Stored"/> = false, other bytes
    /// <c>duplicate_chunk</c>.
    /// </summary>
    [AlwaysInterleave, Alias("Register")]
    Task<ChunkReceipt> Register(string callerId, StoredChunk chunk, CancellationToken cancellationToken);

    /// <summary>
    /// Notes a piece of any length that lies in the object store and continues a <see cref="UploadKind.Tail"/> upload at <paramref name="offset"/>.
    /// <c>offset_mismatch</c> when the upload is not that far, or further. <see cref="StoredChunk.Number"/> is ignored.
    /// </summary>
    [Alias("Append")]
    Task<ChunkReceipt> Append(string callerId, long offset, StoredChunk piece, CancellationToken cancellationToken);

    /// <summary>
    /// Closes the upload and hands it to the merge. Idempotent; an upload whose merge seems to have been lost is handed over again. <c>incomplete_upload</c>, <c>upload_failed</c>.
    /// </summary>
    /// <param name="contentSha256">The whole content's SHA-256 in hex where the door knows it, because all of it came through it in order; saves the merge reading it.</param>
    [Alias("Complete")]
    Task<UploadView> Complete(string callerId, string? contentSha256, CancellationToken cancellationToken);

    /// <summary>Gives the upload up: its pieces and rows are deleted. <c>upload_closed</c> once it was completed.</summary>
    [Alias("Abandon")]
    Task Abandon(string callerId, CancellationToken cancellationToken);
}
