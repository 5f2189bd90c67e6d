using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Resilience;

[Trait("Category", "Integration")]
[Trait("Engine", "Both")]
public sealed class ShutdownTests
{
    private const int GoingAway = 1001;

    [SkippableTheory]
    [InlineData(HubStore.Sqlite, StopSignal.Terminate)]
    [InlineData(HubStore.Sqlite, StopSignal.Interrupt)]
    [InlineData(HubStore.Postgres, StopSignal.Terminate)]
    [InlineData(HubStore.Postgres, StopSignal.Interrupt)]
    public async Task A_stop_under_load_loses_nothing_and_says_goodbye_to_the_sockets(HubStore store, StopSignal signal)
    {
        Skip.If(store == HubStore.Postgres && !PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        await using var hub = await HubServer.StartAsync(new HubOptions { Store = store });
        using var crowd = await Crowd.GatherAsync(hub, senders: 8, conversations: 5);
        var load = new SendingLoad(crowd, messagesPerSender: 500, seed: 15);
        await using var socket = await HubSocket.OpenAsync(hub.BaseUrl, crowd.Watcher.AccessToken);

        var sending = load.RunAsync();
        await load.UntilAsync(load.Total / 4, sending);
        Assert.False(sending.IsCompleted);
        var exitCode = await hub.StopAsync(signal);
        await Eventually.HoldsAsync("the socket is closed", () => socket.IsOver);
        await hub.StartAgainAsync();
        await sending;

        Assert.Equal(0, exitCode);
        Assert.Equal(GoingAway, socket.CloseCode);
        await StoredMessages.AssertNothingLostAsync(crowd, load);
    }
}
