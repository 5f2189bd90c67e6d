using Chat4All.Frontend.Api.Files;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;

namespace Chat4All.Tests.Files;

/// <summary>What a node has of its own of the uploads' doors: how it calls grains, and the hashes of what came through it.</summary>
internal sealed class UploadNode(IGrainFactory grains, IObjectStore objects)
{
    private readonly RunningHashes _hashes = new();

    public IUploadSessionGrain Grain(string uploadId) => grains.GetGrain<IUploadSessionGrain>(uploadId);

    public Task InitiateAsync(string uploadId, long size, int chunkSize, UploadKind kind = UploadKind.Chunks) => Grain(uploadId).Initiate(
        new InitiateUpload
        {
            UserId = "u1", ConversationId = "team", Filename = "a.bin", FileSize = size, MimeType = "application/octet-stream", ChunkSize = chunkSize, Kind = kind,
        },
        default);

    /// <summary>As the chunk door does, from admission on.</summary>
    public async Task<ChunkReceipt> ChunkAsync(string uploadId, int number, byte[] bytes)
    {
        var slot = await Grain(uploadId).Admit("u1", number, default);
        return await TakeAsync(uploadId, slot.Offset, number, bytes, chunk => Grain(uploadId).Register("u1", chunk, default));
    }

    /// <summary>As tus does with a piece.</summary>
    public Task<ChunkReceipt> AppendAsync(string uploadId, long offset, byte[] bytes) =>
        TakeAsync(uploadId, offset, 0, bytes, piece => Grain(uploadId).Append("u1", offset, piece, default));

    public Task<UploadView> CompleteAsync(string uploadId, long size) => Grain(uploadId).Complete("u1", _hashes.Finish(uploadId, size), default);

    private async Task<ChunkReceipt> TakeAsync(string uploadId, long offset, int number, byte[] bytes, Func<StoredChunk, Task<ChunkReceipt>> register)
    {
        var door = new ChunkIntake(objects, _hashes, TimeProvider.System, NullLogger<ChunkIntake>.Instance);
        using var body = new MemoryStream(bytes);
        return await door.TakeAsync(uploadId, offset, number, body, bytes.Length, null, register, default);
    }
}
