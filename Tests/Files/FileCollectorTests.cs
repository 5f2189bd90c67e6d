using System.Security.Cryptography;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;
using Chat4All.Silo.Files;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Chat4All.Tests.Files;

/// <summary>What is freed, and what never is.</summary>
public sealed class FileCollectorTests : IAsyncLifetime
{
    private static readonly UploadOptions AtOnce = new() { OrphanAge = TimeSpan.Zero };

    private MergeHost _host = null!;

    public async Task InitializeAsync() => _host = await MergeHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Orphans_are_freed_and_what_is_in_use_is_not()
    {
        var merged = await _host.UploadAsync(RandomNumberGenerator.GetBytes(100));
        await _host.Merge.RunAsync(merged, default);
        var waiting = await _host.UploadAsync(RandomNumberGenerator.GetBytes(200));
        var inUse = await _host.KeysAsync();
        await PutAsync(StorageKeys.NewChunk(TimeProvider.System), 30);
        await PutAsync(StorageKeys.NewObject(TimeProvider.System), 12);

        var (uploads, freed) = await _host.Collector(AtOnce).CollectAsync("u9", default);

        Assert.Equal((0, new Reclaimed(2, 42)), (uploads, freed));
        Assert.Equal(inUse.Order(), (await _host.KeysAsync()).Order());
        await _host.Merge.RunAsync(waiting, default);
        Assert.Equal(200, (await _host.ReadAsync(waiting)).Length);
    }

    [Fact]
    public async Task What_is_young_is_left_alone()
    {
        await PutAsync(StorageKeys.NewChunk(TimeProvider.System), 30);

        var (_, freed) = await _host.Collector(new UploadOptions()).CollectAsync("u9", default);

        Assert.Equal(default, freed);
        Assert.Single(await _host.KeysAsync());
    }

    [Fact]
    public async Task An_upload_is_freed_a_day_after_it_was_opened_and_not_before()
    {
        var time = new Auth.ManualTime();
        var id = await _host.OpenAsync(RandomNumberGenerator.GetBytes(77));
        var collector = _host.Collector(new UploadOptions { OrphanAge = TimeSpan.FromDays(7) }, time);
        time.Advance(TimeSpan.FromHours(23.9));
        Assert.Equal(0, (await collector.CollectAsync("u9", default)).Uploads);
        Assert.NotNull(await _host.Files.FindAsync(id, default));

        time.Advance(TimeSpan.FromHours(0.2));
        var (uploads, freed) = await collector.CollectAsync("u9", default);

        Assert.Equal((1, new Reclaimed(1, 77)), (uploads, freed));
        Assert.Null(await _host.Files.FindAsync(id, default));
        Assert.Empty(await _host.KeysAsync());
    }

    [Fact]
    public async Task What_was_freed_is_told_although_the_rest_failed()
    {
        await PutAsync(StorageKeys.NewChunk(TimeProvider.System), 30);
        var objects = Interposed<IObjectStore>.Around(
            _host.Objects, before: method => method == nameof(IObjectStore.ReclaimAsync) ? throw new ObjectStoreUnavailableException("away") : Task.CompletedTask);
        var told = new List<string>();
        var files = Interposed<IFileStore>.Around(_host.Files, behind: method =>
        {
            told.Add(method);
            return Task.CompletedTask;
        });
        using var counted = new CountedMetrics("chat4all_files_collected_objects_total", "chat4all_files_collected_bytes_total");
        using var collector = new FileCollector(files, objects, Options.Create(AtOnce), TimeProvider.System, NullLogger<FileCollector>.Instance);

        await Assert.ThrowsAsync<ObjectStoreUnavailableException>(() => collector.CollectAsync("u9", default));

        Assert.Contains(nameof(IFileStore.AuditAsync), told);
        Assert.True(counted["chat4all_files_collected_objects_total"] >= 1);
        Assert.True(counted["chat4all_files_collected_bytes_total"] >= 30);
        Assert.Contains(await _host.AuditAsync(), entry => entry == ("u9", "files.collected", """{"expired_uploads":0,"deleted_objects":1,"freed_bytes":30}"""));
    }

    [Fact]
    public async Task It_collects_every_hour_by_itself_and_goes_on_after_a_failure()
    {
        var time = new SteppedTime();
        var rounds = 0;
        var objects = Interposed<IObjectStore>.Around(
            _host.Objects,
            before: method => method == nameof(IObjectStore.ReclaimAsync) && Interlocked.Increment(ref rounds) == 1 ? throw new OperationCanceledException("timed out") : Task.CompletedTask);
        using var collector = new FileCollector(_host.Files, objects, Options.Create(new UploadOptions()), time, NullLogger<FileCollector>.Instance);
        await collector.StartAsync(default);
        await Eventually.HoldsAsync("its timer runs", () => time.HasTimerDueIn(TimeSpan.FromHours(1)));

        time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(0, Volatile.Read(ref rounds));
        for (var round = 1; round <= 3; round++)
        {
            time.Advance(round == 1 ? TimeSpan.FromMinutes(1) : TimeSpan.FromHours(1));
            await Eventually.HoldsAsync($"round {round}", () => Volatile.Read(ref rounds) == round);
        }

        await collector.StopAsync(default);
    }

    private Task PutAsync(string key, int length) => _host.Objects.PutAsync(key, new MemoryStream(new byte[length]), length, default);
}
