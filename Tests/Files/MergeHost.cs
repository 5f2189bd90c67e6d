using System.Security.Cryptography;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;
using Chat4All.Silo.Files;
using Chat4All.Tests.Grains;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans;

namespace Chat4All.Tests.Files;

/// <summary>The merge over a real store and real grains, with uploads that wait for it.</summary>
internal sealed class MergeHost : IAsyncDisposable
{
    private readonly EmbeddedStore _store;
    private readonly GrainHost _grains;

    private MergeHost(EmbeddedStore store, GrainHost grains)
    {
        (_store, _grains) = (store, grains);
        Merge = new FileMerge(
            Faulty<IFileStore>.Around(store.Files, Crash), Faulty<IObjectStore>.Around(store.Objects, Crash), grains.Factory, TimeProvider.System,
            NullLogger<FileMerge>.Instance);
    }

    public Crash Crash { get; } = new();

    public FileMerge Merge { get; }

    public IFileStore Files => _store.Files;

    public IObjectStore Objects => _store.Objects;

    public RecordingFanOut FanOut => _grains.FanOut;

    public static async Task<MergeHost> StartAsync()
    {
        var store = await EmbeddedStore.StartAsync();
        var grains = await GrainHost.StartAsync(store);
        await grains.CreateGroupAsync("team");
        return new MergeHost(store, grains);
    }

    public IDeadLetterStore DeadLetters => _store.DeadLetters;

    public RecordingEventLog Log => _grains.Log;

    public IGrainFactory Grains => _grains.Factory;

    /// <summary>The audit log: who did what, and what came of it.</summary>
    public Task<IReadOnlyList<(string Actor, string Action, string Detail)>> AuditAsync() => _store.AuditAsync();

    /// <summary>Another worker, over ports of a test's own.</summary>
    public FileMerge MergeOver(IFileStore files, IObjectStore? objects = null) => new(files, objects ?? Objects, _grains.Factory, TimeProvider.System, NullLogger<FileMerge>.Instance);

    public FileCollector Collector(UploadOptions options, TimeProvider? time = null) =>
        new(Files, Objects, Options.Create(options), time ?? TimeProvider.System, NullLogger<FileCollector>.Instance);

    /// <summary>An upload that is completed and waits to be merged.</summary>
    /// <param name="known">Whether the door knew the hash of the whole.</param>
    public async Task<string> UploadAsync(byte[] content, string mimeType = "application/octet-stream", string? checksum = null, bool known = false, int chunkSize = 1_048_576)
    {
        var id = Ids.New(TimeProvider.System);
        var grain = _grains.Upload(id);
        await grain.Initiate(
            new InitiateUpload
            {
                UserId = "u1", ConversationId = "team", Filename = "a.bin", FileSize = content.Length, MimeType = mimeType, ChecksumSha256 = checksum, ChunkSize = chunkSize,
            },
            default);
        foreach (var (chunk, i) in content.Chunk(chunkSize).Select((chunk, i) => (chunk, i)))
        {
            var key = StorageKeys.NewChunk(TimeProvider.System);
            await Objects.PutAsync(key, new MemoryStream(chunk), chunk.Length, default);
            await grain.Register("u1", new StoredChunk(i + 1, chunk.Length, Sha(chunk), key), default);
        }

        await grain.Complete("u1", known ? Sha(content) : null, default);
        return id;
    }

    /// <summary>An upload of two chunks whose first is there.</summary>
    public async Task<string> OpenAsync(byte[] first)
    {
        var id = Ids.New(TimeProvider.System);
        await _grains.Upload(id).Initiate(
            new InitiateUpload { UserId = "u1", ConversationId = "team", Filename = "a.bin", FileSize = first.Length + 1, MimeType = "application/octet-stream", ChunkSize = first.Length },
            default);
        var key = StorageKeys.NewChunk(TimeProvider.System);
        await Objects.PutAsync(key, new MemoryStream(first), first.Length, default);
        await _grains.Upload(id).Register("u1", new StoredChunk(1, first.Length, Sha(first), key), default);
        return id;
    }

    public async Task<byte[]> ReadAsync(string fileId)
    {
        var file = (await Files.FindAsync(fileId, default))!;
        await using var content = await Objects.OpenAsync(file.StorageKey!, 0, file.FileSize, default);
        var bytes = new byte[file.FileSize];
        await content.ReadExactlyAsync(bytes);
        return bytes;
    }

    /// <summary>Every key that the object store holds.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync()
    {
        var keys = new List<string>();
        foreach (var prefix in new[] { StorageKeys.Chunks, StorageKeys.Objects })
        {
            await foreach (var found in Objects.ListAsync(prefix, default))
            {
                keys.Add(found.Key);
            }
        }

        return keys;
    }

    public static string Sha(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public async ValueTask DisposeAsync()
    {
        await _grains.DisposeAsync();
        await _store.DisposeAsync();
    }
}
