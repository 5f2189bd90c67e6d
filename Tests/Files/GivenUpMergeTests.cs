using System.Globalization;
using System.Security.Cryptography;
using Chat4All.Frontend.Api.Files;
using Chat4All.Frontend.Api.Files.Tus;
using Chat4All.Frontend.Auth;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;
using Chat4All.Silo.Files;
using Chat4All.Silo.Workers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat4All.Tests.Files;

/// <summary>A merge that was tried too often: nothing is lost, and it can be asked for again by whoever uploaded it and by an operator.</summary>
public sealed class GivenUpMergeTests : IAsyncLifetime
{
    private static readonly AuditEntry Entry = new("audit-1", "admin", "dead_letter.replayed", "", null, DateTimeOffset.UnixEpoch);

    private MergeHost _host = null!;

    public async Task InitializeAsync() => _host = await MergeHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Replaying_its_dead_letter_merges_it()
    {
        var content = RandomNumberGenerator.GetBytes(1000);
        var id = await _host.UploadAsync(content);
        var letter = await GiveUpAsync(id);
        Assert.Equal(FileStatus.Failed, (await Upload(id).Get("u1", default)).Status);

        await Replay().ReplayAsync(letter, Entry, default);

        Assert.Equal(FileStatus.Merging, (await Upload(id).Get("u1", default)).Status);
        Assert.Equal(2, _host.Log.Events.Count(one => one.Type == EventTypes.FileMergeRequested));
        await _host.Merge.RunAsync(id, default);
        Assert.Equal(content, await _host.ReadAsync(id));
        Assert.Equal(FileStatus.Completed, (await Upload(id).Get("u1", default)).Status);
    }

    [Fact]
    public async Task Replaying_it_for_an_upload_that_is_gone_is_refused()
    {
        var id = await _host.UploadAsync(RandomNumberGenerator.GetBytes(10));
        var letter = await GiveUpAsync(id);
        await _host.Files.DeleteAsync(id, null, default);

        var refusal = await Assert.ThrowsAsync<ChatException>(() => Replay().ReplayAsync(letter, Entry, default));

        Assert.Equal(ErrorCodes.NotReplayable, refusal.Error.Code);
        Assert.Single(await _host.DeadLetters.ListAsync(null, 0, 10, default));
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("PATCH")]
    public async Task A_tus_client_that_comes_back_asks_for_it_again(string method)
    {
        var content = RandomNumberGenerator.GetBytes(100);
        var id = await AppendAsync(content);
        await GiveUpAsync(id);
        var hashes = new RunningHashes();
        var door = new TusDoor(_host.Grains, null!, new TusWriters(TimeProvider.System), hashes, TimeProvider.System);
        var context = new DefaultHttpContext();
        context.SetCaller(new Caller("u1", "u1", "u1", Scopes.Read | Scopes.Write, "", DateTimeOffset.MaxValue));
        context.Request.RouteValues["upload_id"] = id;
        context.Request.ContentType = TusProtocol.BodyType;
        context.Request.Headers["Upload-Offset"] = content.Length.ToString(CultureInfo.InvariantCulture);

        await (method == "HEAD" ? door.GetAsync(context) : door.AppendAsync(context));

        Assert.Equal(content.Length.ToString(CultureInfo.InvariantCulture), context.Response.Headers["Upload-Offset"]);
        await _host.Merge.RunAsync(id, default);
        Assert.Equal(content, await _host.ReadAsync(id));
    }

    private IUploadSessionGrain Upload(string id) => _host.Grains.GetGrain<IUploadSessionGrain>(id);

    private DeadLetters DeadLetters() => new(_host.DeadLetters, _host.Log, TimeProvider.System, NullLogger<DeadLetters>.Instance);

    private DeadLetterReplay Replay() => new(_host.DeadLetters, _host.Log, _host.Files, [], TimeProvider.System);

    private async Task<DeadLetter> GiveUpAsync(string id)
    {
        var handler = new FileMergeHandler(_host.Merge, _host.Files, DeadLetters(), TimeProvider.System);
        await handler.GiveUpAsync(new LogRecord(Topics.FileProcessing, 0, 1, _host.Log.Events.Last(one => one.Key == id)), "the disk is gone", 4, default);
        return Assert.Single(await _host.DeadLetters.ListAsync(null, 0, 10, default));
    }

    private async Task<string> AppendAsync(byte[] content)
    {
        var id = Ids.New(TimeProvider.System);
        await Upload(id).Initiate(
            new InitiateUpload
            {
                UserId = "u1", ConversationId = "team", Filename = "a.bin", FileSize = content.Length, MimeType = "application/octet-stream", ChunkSize = 0, Kind = UploadKind.Tail,
            },
            default);
        var key = StorageKeys.NewChunk(TimeProvider.System);
        await _host.Objects.PutAsync(key, new MemoryStream(content), content.Length, default);
        await Upload(id).Append("u1", 0, new StoredChunk(0, content.Length, MergeHost.Sha(content), key), default);
        await Upload(id).Complete("u1", null, default);
        return id;
    }
}
