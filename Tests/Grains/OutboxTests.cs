using Chat4All.Tests.Hosting;
using Xunit;

namespace Chat4All.Tests.Grains;

public sealed class OutboxTests : IAsyncLifetime
{
    private EmbeddedStore _store = null!;

    public async Task InitializeAsync() => _store = await EmbeddedStore.StartAsync();

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Committed_messages_reach_the_log_in_order_and_their_rows_are_marked()
    {
        await using var host = await GrainHost.StartAsync(_store);
        await host.CreateGroupAsync("c1");
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => host.Conversation("c1").Send(GrainHost.Message($"m{i}"), CancellationToken.None).AsTask()));

        await Eventually.HoldsAsync("every row is marked", async () => await _store.Outbox.CountUnpublishedAsync(CancellationToken.None) == 0);
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (long)i), host.Log.Events.Select(RecordingEventLog.Seq));
    }

    [Fact]
    public async Task While_the_log_refuses_messages_are_accepted_and_published_in_order_once_it_is_back()
    {
        await using var host = await GrainHost.StartAsync(_store, new RecordingEventLog { Refuses = true });
        await host.CreateGroupAsync("c1");
        for (var i = 0; i < 50; i++)
        {
            await host.Conversation("c1").Send(GrainHost.Message($"m{i}"), CancellationToken.None);
        }

        Assert.Equal(50, await _store.Outbox.CountUnpublishedAsync(CancellationToken.None));
        host.Log.Refuses = false;

        await Eventually.HoldsAsync("every row is marked", async () => await _store.Outbox.CountUnpublishedAsync(CancellationToken.None) == 0);
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), host.Log.Events.Select(RecordingEventLog.Seq));
    }

    [Fact]
    public async Task Rows_that_a_dead_process_left_are_published_by_the_sweepers_wake_before_anything_new()
    {
        await using (var dead = await GrainHost.StartAsync(_store, new RecordingEventLog { Refuses = true }))
        {
            await dead.CreateGroupAsync("c1");
            await dead.Conversation("c1").SendMany([.. Enumerable.Range(0, 30).Select(i => GrainHost.Message($"m{i}"))], CancellationToken.None);
        }

        await using var host = await GrainHost.StartAsync(_store);
        await Eventually.HoldsAsync("the rows are published", () => host.Log.Events.Count == 30);
        await host.Conversation("c1").Send(GrainHost.Message("new"), CancellationToken.None);
        await Eventually.HoldsAsync("the new one too", () => host.Log.Events.Count == 31);
        Assert.Equal(Enumerable.Range(1, 31).Select(i => (long)i), host.Log.Events.Select(RecordingEventLog.Seq));
    }
}
