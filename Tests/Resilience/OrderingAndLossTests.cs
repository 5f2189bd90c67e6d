using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Resilience;

[Trait("Category", "Integration")]
[Trait("Engine", "Both")]
[Collection(ResilienceCollection.Name)]
public sealed class OrderingAndLossTests
{
    private const int Senders = 32;
    private const int MessagesPerSender = 625;
    private const int Conversations = 50;

    [SkippableTheory]
    [InlineData(HubStore.Sqlite)]
    [InlineData(HubStore.Postgres)]
    public async Task Three_kills_under_load_lose_repeat_and_reorder_nothing(HubStore store)
    {
        Skip.If(store == HubStore.Postgres && !PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        await using var hub = await HubServer.StartAsync(new HubOptions { Store = store });
        using var crowd = await Crowd.GatherAsync(hub, Senders, Conversations);
        var load = new SendingLoad(crowd, MessagesPerSender, seed: 20_000);
        var watcher = new ResumingWatcher(hub.BaseUrl, crowd.Watcher, crowd.Conversations);
        using var end = new CancellationTokenSource();
        var watching = watcher.RunAsync(end.Token);

        var sending = load.RunAsync();
        for (var kill = 1; kill <= 3; kill++)
        {
            await load.UntilAsync(load.Total * kill / 4, sending);
            await hub.KillAndStartAgainAsync();
        }

        await sending;
        await StoredMessages.AssertNothingLostAsync(crowd, load);
        await Eventually.HoldsAsync($"the watcher has seen {load.Total} messages", () => watcher.Seen >= load.Total || watcher.Breaches.Count > 0);
        await end.CancelAsync();
        await watching;
        Assert.Empty(watcher.Breaches);
        Assert.Equal(load.Total, watcher.Seen);
        Assert.True(watcher.Connections >= 4, $"{watcher.Connections} connections: a kill came after the load");
    }
}
