using System.Reflection;
using System.Security.Cryptography;
using Chat4All.Frontend.Api.Files;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat4All.Tests.Files;

/// <summary>How much of an upload is read again for its hash.</summary>
public sealed class ReadOnceTests : IAsyncLifetime
{
    private const int Chunk = FileCalls.Mebibyte;

    /// <summary>What is looked at to judge a file by how it begins.</summary>
    private const int Head = 4096;

    private MergeHost _host = null!;

    public async Task InitializeAsync() => _host = await MergeHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("1 2 3", 0)]
    [InlineData("3 1 2", 3 * Chunk)]
    public async Task What_came_in_order_is_not_read_again_and_anything_else_once(string order, long bytes)
    {
        var content = RandomNumberGenerator.GetBytes(3 * Chunk);
        var hashes = new RunningHashes();
        var door = new ChunkIntake(_host.Objects, hashes, TimeProvider.System, NullLogger<ChunkIntake>.Instance);
        var id = Ids.New(TimeProvider.System);
        var grain = _host.Grains.GetGrain<IUploadSessionGrain>(id);
        await grain.Initiate(
            new InitiateUpload { UserId = "u1", ConversationId = "team", Filename = "a.bin", FileSize = content.Length, MimeType = "application/octet-stream", ChunkSize = Chunk }, default);
        foreach (var number in order.Split(' ').Select(int.Parse))
        {
            var offset = (number - 1) * Chunk;
            using var body = new MemoryStream(content, offset, Chunk);
            await door.TakeAsync(id, offset, number, body, Chunk, null, chunk => grain.Register("u1", chunk, default), default);
        }

        await grain.Complete("u1", hashes.Finish(id, content.Length), default);
        var objects = DispatchProxy.Create<IObjectStore, Counted>();
        ((Counted)(object)objects).Inner = _host.Objects;

        await _host.MergeOver(_host.Files, objects).RunAsync(id, default);

        Assert.Equal(bytes + Head, ((Counted)(object)objects).Opened);
        var file = (await _host.Files.FindAsync(id, default))!;
        Assert.Equal((FileStatus.Completed, MergeHost.Sha(content)), (file.Status, file.ContentSha256));
    }

    /// <summary>A store that counts the bytes that are read of it.</summary>
    private class Counted : DispatchProxy
    {
        public IObjectStore Inner { get; set; } = null!;

        public long Opened { get; private set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Opened += targetMethod!.Name == nameof(IObjectStore.OpenAsync) ? (long)args![2]! : 0;
            return targetMethod.Invoke(Inner, args);
        }
    }
}
