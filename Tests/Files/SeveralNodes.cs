using System.Security.Cryptography;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Files;
using Chat4All.Tests.Grains;

namespace Chat4All.Tests.Files;

/// <summary>What an upload is that comes through two nodes at once, whatever the nodes know of each other.</summary>
internal sealed class SeveralNodes(UploadNode one, UploadNode other, EmbeddedStore store, Func<string, Task> merge)
{
    private const int Chunk = 64 * 1024;
    private const int Count = 24;

    private readonly string _id = Ids.New(TimeProvider.System);

    public async Task ChunksInAnyOrderAsync()
    {
        var content = RandomNumberGenerator.GetBytes(((Count - 1) * Chunk) + 7);
        var chunks = content.Chunk(Chunk).Select(static (bytes, i) => (Number: i + 1, Bytes: bytes)).ToArray();
        Random.Shared.Shuffle(chunks);
        await one.InitiateAsync(_id, content.Length, Chunk);

        await Task.WhenAll(chunks.Select((chunk, i) => Task.Run(() => (i % 2 == 0 ? one : other).ChunkAsync(_id, chunk.Number, chunk.Bytes))));
        await Task.WhenAll(one.CompleteAsync(_id, content.Length), other.CompleteAsync(_id, content.Length));
        await merge(_id);

        var file = (await store.Files.FindAsync(_id, default))!;
        Assert.Equal((FileStatus.Completed, MergeHost.Sha(content)), (file.Status, file.ContentSha256));
        Assert.Equal([file.StorageKey!], await KeysAsync());
        await using var merged = await store.Objects.OpenAsync(file.StorageKey!, 0, content.Length, default);
        Assert.Equal(MergeHost.Sha(content), Convert.ToHexStringLower(await SHA256.HashDataAsync(merged)));
        Assert.Equal(FileStatus.Completed, (await one.Grain(_id).Get("u1", default)).Status);
        Assert.Equal(FileStatus.Completed, (await other.Grain(_id).Get("u1", default)).Status);
    }

    public async Task RivalsForOneChunkAsync()
    {
        await one.InitiateAsync(_id, Chunk, Chunk);
        var rivals = Enumerable.Range(0, 8).Select(static _ => RandomNumberGenerator.GetBytes(Chunk)).ToArray();

        var outcomes = await Task.WhenAll(rivals.Select((bytes, i) => Task.Run(() => OutcomeAsync((i % 2 == 0 ? one : other).ChunkAsync(_id, 1, bytes)))));

        var won = Assert.Single(Enumerable.Range(0, rivals.Length), i => outcomes[i] is null);
        Assert.Equal(rivals.Length - 1, outcomes.Count(static outcome => outcome == ErrorCodes.DuplicateChunk));
        var kept = Assert.Single(await store.Files.ListChunksAsync(_id, default));
        Assert.Equal(MergeHost.Sha(rivals[won]), kept.Sha256);
        Assert.Equal([kept.StorageKey], await KeysAsync());
        Assert.False((await one.ChunkAsync(_id, 1, rivals[won])).Stored);
        Assert.False((await other.ChunkAsync(_id, 1, rivals[won])).Stored);
    }

    public async Task RivalsForOneTailAsync()
    {
        await one.InitiateAsync(_id, 2 * Chunk, 0, UploadKind.Tail);
        await one.AppendAsync(_id, 0, new byte[Chunk]);
        var rivals = Enumerable.Range(0, 8).Select(static _ => RandomNumberGenerator.GetBytes(Chunk)).ToArray();

        var outcomes = await Task.WhenAll(rivals.Select((bytes, i) => Task.Run(() => OutcomeAsync((i % 2 == 0 ? one : other).AppendAsync(_id, Chunk, bytes)))));

        var won = Assert.Single(Enumerable.Range(0, rivals.Length), i => outcomes[i] is null);
        Assert.Equal(rivals.Length - 1, outcomes.Count(static outcome => outcome == ErrorCodes.OffsetMismatch));
        var kept = await store.Files.ListChunksAsync(_id, default);
        Assert.Equal([MergeHost.Sha(new byte[Chunk]), MergeHost.Sha(rivals[won])], kept.Select(static piece => piece.Sha256));
        Assert.Equal(kept.Select(static piece => piece.StorageKey).Order(), (await KeysAsync()).Order());
        await Task.WhenAll(one.CompleteAsync(_id, 2 * Chunk), other.CompleteAsync(_id, 2 * Chunk));
        await merge(_id);
        Assert.Equal(MergeHost.Sha([.. new byte[Chunk], .. rivals[won]]), (await store.Files.FindAsync(_id, default))!.ContentSha256);
    }

    private static async Task<string?> OutcomeAsync(Task<ChunkReceipt> call)
    {
        try
        {
            await call;
            return null;
        }
        catch (ChatException refusal)
        {
            return refusal.Error.Code;
        }
    }

    private async Task<IReadOnlyList<string>> KeysAsync()
    {
        var keys = new List<string>();
        foreach (var prefix in new[] { StorageKeys.Chunks, StorageKeys.Objects })
        {
            await foreach (var found in store.Objects.ListAsync(prefix, default))
            {
                keys.Add(found.Key);
            }
        }

        return keys;
    }
}
