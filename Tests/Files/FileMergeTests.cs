using System.Security.Cryptography;
using System.Text;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Files;

/// <summary>From pieces to one judged object.</summary>
public sealed class FileMergeTests : IAsyncLifetime
{
    private MergeHost _host = null!;

    public async Task InitializeAsync() => _host = await MergeHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pieces_become_one_object_and_are_gone(bool known)
    {
        var content = RandomNumberGenerator.GetBytes((3 * 1_048_576) + 17);
        var id = await _host.UploadAsync(content, checksum: MergeHost.Sha(content), known: known);

        await _host.Merge.RunAsync(id, default);

        var file = (await _host.Files.FindAsync(id, default))!;
        Assert.Equal((FileStatus.Completed, MergeHost.Sha(content)), (file.Status, file.ContentSha256));
        Assert.Equal(content, await _host.ReadAsync(id));
        Assert.Equal([file.StorageKey!], await _host.KeysAsync());
        Assert.Empty(await _host.Files.ListChunksAsync(id, default));
        var told = Assert.Single(_host.FanOut.Events, one => one.Type == EventTypes.FileCompleted);
        Assert.Equal(["u1", "u2", "u3"], told.Recipients.Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Content_with_another_checksum_than_was_said_is_refused_and_nothing_stays(bool known)
    {
        var id = await _host.UploadAsync(RandomNumberGenerator.GetBytes(1000), checksum: new string('0', 64), known: known);

        await _host.Merge.RunAsync(id, default);

        await FailedAsync(id, ErrorCodes.ChecksumMismatch);
    }

    [Theory]
    [InlineData("image/png", "\u007fELF\u0002\u0001\u0001")]
    [InlineData("image/png", "<html><script>alert(1)</script>")]
    [InlineData("video/x-unheard-of", "#!/bin/sh\nrm -rf /")]
    [InlineData("text/plain", "MZ\u0090\u0000")]
    public async Task What_is_not_what_it_says_is_refused_and_nothing_stays(string type, string content)
    {
        var id = await _host.UploadAsync(Encoding.Latin1.GetBytes(content), type);

        await _host.Merge.RunAsync(id, default);

        await FailedAsync(id, ErrorCodes.ContentRefused);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_same_content_is_stored_once(bool known)
    {
        var content = RandomNumberGenerator.GetBytes(5000);
        var first = await _host.UploadAsync(content, known: known);
        var second = await _host.UploadAsync(content, known: known);

        await Task.WhenAll(Task.Run(() => _host.Merge.RunAsync(first, default)), Task.Run(() => _host.Merge.RunAsync(second, default)));

        Assert.Single(await _host.KeysAsync());
        Assert.Equal(content, await _host.ReadAsync(first));
        Assert.Equal(content, await _host.ReadAsync(second));
    }

    [Fact]
    public async Task Running_again_changes_nothing()
    {
        var id = await _host.UploadAsync(RandomNumberGenerator.GetBytes(5000));
        await _host.Merge.RunAsync(id, default);
        var before = await _host.Files.FindAsync(id, default);

        await _host.Merge.RunAsync(id, default);
        await _host.Merge.RunAsync("no-such-upload", default);

        Assert.Equal(before, await _host.Files.FindAsync(id, default));
        Assert.Single(_host.FanOut.Events, one => one.Type == EventTypes.FileCompleted);
    }

    public static TheoryData<bool, bool, bool> Endings => new()
    {
        { true, false, false },
        { false, false, false },
        { true, true, false },
        { false, true, false },
        { false, false, true },
        { true, false, true },
    };

    /// <summary>A crash before or behind each single call of the stores: the next run ends the same, and nothing is left over.</summary>
    [Theory]
    [MemberData(nameof(Endings))]
    public async Task Wherever_it_crashes_running_again_ends_the_same(bool known, bool stored, bool refused)
    {
        foreach (var behind in new[] { false, true })
        {
            for (var at = 1; ; at++)
            {
                var content = RandomNumberGenerator.GetBytes((2 * 1_048_576) + at);
                if (stored)
                {
                    await _host.Merge.RunAsync(await _host.UploadAsync(content), default);
                }

                var before = (await _host.KeysAsync()).Count;
                var id = await _host.UploadAsync(content, checksum: refused ? new string('1', 64) : null, known: known);
                _host.Crash.Arm(at, behind);
                try
                {
                    await _host.Merge.RunAsync(id, default);
                }
                catch (CrashException)
                {
                }

                var crashed = _host.Crash.Happened;
                _host.Crash.Arm(0, false);
                await _host.Merge.RunAsync(id, default);
                await _host.Collector(new UploadOptions { OrphanAge = TimeSpan.Zero }).CollectAsync("test", default);

                var file = (await _host.Files.FindAsync(id, default))!;
                Assert.Equal(refused ? FileStatus.Failed : FileStatus.Completed, file.Status);
                Assert.Empty(await _host.Files.ListChunksAsync(id, default));
                Assert.Equal(before + (stored || refused ? 0 : 1), (await _host.KeysAsync()).Count);
                if (!refused)
                {
                    Assert.Equal(content, await _host.ReadAsync(id));
                    Assert.Contains(_host.FanOut.Events, one => one.Type == EventTypes.FileCompleted && Encoding.UTF8.GetString(one.Data.Span).Contains(id, StringComparison.Ordinal));
                }

                if (!crashed)
                {
                    Assert.InRange(at, 5, 100);
                    break;
                }
            }
        }
    }

    [Fact]
    public async Task A_run_that_another_one_overtook_spoils_nothing()
    {
        byte[] content = [0x89, .. "PNG\r\n"u8, 0x1a, 0x0a, .. RandomNumberGenerator.GetBytes(1000)];
        var id = await _host.UploadAsync(content, "image/png");
        var overtaken = _host.MergeOver(Interposed<IFileStore>.Around(
            _host.Files, before: method => method == nameof(IFileStore.ListChunksAsync) ? _host.Merge.RunAsync(id, default) : Task.CompletedTask));

        await Assert.ThrowsAsync<InvalidDataException>(() => overtaken.RunAsync(id, default));
        await _host.Merge.RunAsync(id, default);

        Assert.Equal(FileStatus.Completed, (await _host.Files.FindAsync(id, default))!.Status);
        Assert.Equal(content, await _host.ReadAsync(id));
    }

    [Fact]
    public async Task A_refusal_that_comes_too_late_leaves_the_pieces_of_an_upload_that_was_given_up()
    {
        var id = await _host.UploadAsync(RandomNumberGenerator.GetBytes(1000), checksum: new string('0', 64));
        var late = _host.MergeOver(Interposed<IFileStore>.Around(
            _host.Files,
            before: method => method == nameof(IFileStore.FailAsync) ? _host.Files.FailAsync(id, null, ErrorCodes.MergeFailed, DateTimeOffset.UtcNow, default) : Task.CompletedTask));

        await late.RunAsync(id, default);

        Assert.Equal(ErrorCodes.MergeFailed, (await _host.Files.FindAsync(id, default))!.Error);
        var piece = Assert.Single(await _host.Files.ListChunksAsync(id, default));
        Assert.NotNull(await _host.Objects.FindAsync(piece.StorageKey, default));
    }

    [Fact]
    public async Task A_run_that_ends_after_its_merge_was_given_up_and_asked_for_again_leaves_it_to_the_next_run()
    {
        var content = RandomNumberGenerator.GetBytes(1000);
        var id = await _host.UploadAsync(content);
        var late = _host.MergeOver(Interposed<IFileStore>.Around(_host.Files, before: async method =>
        {
            if (method == nameof(IFileStore.CompleteAsync))
            {
                await _host.Files.FailAsync(id, null, ErrorCodes.MergeFailed, DateTimeOffset.UtcNow, default);
                await _host.Files.CloseAsync(id, StorageKeys.NewObject(TimeProvider.System), null, DateTimeOffset.UtcNow, default);
            }
        }));

        await late.RunAsync(id, default);
        Assert.Equal(FileStatus.Merging, (await _host.Files.FindAsync(id, default))!.Status);
        await _host.Merge.RunAsync(id, default);

        Assert.Equal(content, await _host.ReadAsync(id));
        Assert.Single(await _host.KeysAsync());
    }

    private async Task FailedAsync(string id, string reason)
    {
        var file = (await _host.Files.FindAsync(id, default))!;
        Assert.Equal((FileStatus.Failed, reason), (file.Status, file.Error));
        Assert.Empty(await _host.KeysAsync());
        Assert.Empty(await _host.Files.ListChunksAsync(id, default));
        Assert.DoesNotContain(_host.FanOut.Events, one => one.Type == EventTypes.FileCompleted);
    }
}
