using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Resilience;

/// <summary>Nothing is lost on the way to the platforms either.</summary>
[Trait("Category", "Integration")]
[Collection(ResilienceCollection.Name)]
public sealed class LedgerTests
{
    private const int Senders = 12;
    private const int MessagesPerSender = 60;
    private const int Conversations = 6;
    private static readonly string[] Channels = ["whatsapp", "telegram"];

    [SkippableTheory]
    [InlineData(HubStore.Sqlite)]
    [InlineData(HubStore.Postgres)]
    public async Task Three_kills_under_load_leave_every_delivery_in_the_platforms_ledger_in_order(HubStore store)
    {
        Skip.If(store == HubStore.Postgres && !PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "ledger.jsonl");
        await using var hub = await HubServer.StartAsync(new HubOptions
        {
            Store = store,
            Environment = new Dictionary<string, string>
            {
                ["Channels__Simulator__LedgerFile"] = file,
                ["Channels__Simulator__MedianLatency"] = "00:00:00.005",
                ["Channels__Simulator__ThrottleRate"] = "0.02",
                ["Channels__Simulator__ThrottleFor"] = "00:00:00.050",
                ["Channels__Simulator__ReadReceipts"] = "false",
            },
        });
        using var crowd = await Crowd.GatherAsync(hub, Senders, Conversations);
        var load = new SendingLoad(crowd, MessagesPerSender, seed: 40_000, Channels);

        var sending = load.RunAsync();
        for (var kill = 1; kill <= 3; kill++)
        {
            await load.UntilAsync(load.Total * kill / 4, sending);
            await hub.KillAndStartAgainAsync();
        }

        await sending;
        var expected = load.Total * Senders * Channels.Length;
        await Eventually.HoldsAsync(
            $"{expected} deliveries are on their way", async () => await StoreRows.CountAsync(hub, "select count(*) from message_deliveries where status in (1, 2, 3)") >= expected,
            TimeSpan.FromMinutes(3));

        (await PlatformLedger.ReadAsync(file)).AssertWhole(crowd, load, Channels);
        Assert.Equal(0, await StoreRows.CountAsync(hub, "select count(*) from dead_letters"));
    }
}
