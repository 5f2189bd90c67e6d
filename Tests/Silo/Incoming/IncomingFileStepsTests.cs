using System.Security.Cryptography;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;
using Chat4All.Silo.Workers.Incoming;
using Chat4All.Tests.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Chat4All.Tests.Silo.Incoming;

/// <summary>How often the files of webhook calls are looked at, and what meets what there.</summary>
public sealed class IncomingFileStepsTests : IAsyncLifetime
{
    private static readonly IncomingMedia Media = new("image", "media-1");

    private readonly StandInSource _source = new();
    private MergeHost _host = null!;

    public async Task InitializeAsync() => _host = await MergeHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_call_that_finds_no_place_to_download_looks_ever_more_seldom()
    {
        using var files = Over(_host.Files);
        _source.Release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var downloading = TakeAsync(files, Call(), Ids.New(TimeProvider.System));
        var call = Call();
        var waits = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            waits.Add((await TakeAsync(files, call, "another")).Wait!.Value.TotalMilliseconds);
        }

        Assert.Equal([100, 200, 400, 800, 1600, 3200, 5000, 5000], waits);
        _source.Release.SetResult();
        await downloading;
        Assert.Equal(100, (await TakeAsync(files, call, Ids.New(TimeProvider.System))).Wait!.Value.TotalMilliseconds);
    }

    [Fact]
    public async Task A_merge_is_looked_at_soon_and_then_ever_more_seldom()
    {
        using var files = Over(_host.Files);
        var (call, id) = (Call(), Ids.New(TimeProvider.System));

        Assert.Equal(100, (await TakeAsync(files, call, id)).Wait!.Value.TotalMilliseconds);
        Assert.Equal(200, (await TakeAsync(files, call, id)).Wait!.Value.TotalMilliseconds);
        Assert.Equal(400, (await TakeAsync(files, call, id)).Wait!.Value.TotalMilliseconds);
        await _host.Merge.RunAsync(id, default);
        Assert.True((await TakeAsync(files, call, id)).IsHere);
    }

    [Fact]
    public async Task An_attempt_that_ends_its_upload_while_the_next_begins_anew_is_waited_for()
    {
        var id = await _host.OpenAsync(RandomNumberGenerator.GetBytes(10));
        using var files = Over(Interposed<IFileStore>.Around(_host.Files, behind: async method =>
        {
            if (method == nameof(IFileStore.FindAsync) && (await _host.Files.FindAsync(id, default))!.IsOpen)
            {
                await FinishAsync(id);
            }
        }));
        var call = Call();

        Assert.NotNull((await TakeAsync(files, call, id)).Wait);
        Assert.NotNull((await TakeAsync(files, call, id)).Wait);
        await _host.Merge.RunAsync(id, default);

        Assert.True((await TakeAsync(files, call, id)).IsHere);
        Assert.Equal(0, _source.Fetched);
    }

    private static CallProgress Call() => new("telegram", new IncomingPayload { Messages = [], Receipts = [], Watermarks = [], Keys = [] });

    private static Task<IncomingFile> TakeAsync(IncomingFiles files, CallProgress call, string id) => files.TakeAsync(call, id, Media, "team", "u1", default);

    private IncomingFiles Over(IFileStore files) => new(
        [_source], files, _host.Objects, _host.Grains, Options.Create(new IncomingOptions { IncomingConcurrency = 1 }), TimeProvider.System, NullLogger<IncomingFiles>.Instance);

    private async Task FinishAsync(string id)
    {
        var key = StorageKeys.NewChunk(TimeProvider.System);
        await _host.Objects.PutAsync(key, new MemoryStream(new byte[1]), 1, default);
        var upload = _host.Grains.GetGrain<IUploadSessionGrain>(id);
        await upload.Register("u1", new StoredChunk(2, 1, MergeHost.Sha(new byte[1]), key), default);
        await upload.Complete("u1", null, default);
    }

    private sealed class StandInSource : IMediaSource
    {
        public string Channel => "telegram";

        /// <summary>What downloads wait for.</summary>
        public TaskCompletionSource? Release { get; set; }

        public int Fetched { get; private set; }

        public async Task<string?> FetchAsync(IncomingMedia media, Stream destination, long maxBytes, CancellationToken cancellationToken)
        {
            Fetched++;
            await (Release?.Task ?? Task.CompletedTask);
            await destination.WriteAsync(RandomNumberGenerator.GetBytes(100), cancellationToken);
            return null;
        }
    }
}
