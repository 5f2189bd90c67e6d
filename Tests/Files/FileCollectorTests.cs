using System.Security.Cryptography;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;

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

    private Task PutAsync(string key, int length) => _host.Objects.PutAsync(key, new MemoryStream(new byte[length]), length, default);
}
