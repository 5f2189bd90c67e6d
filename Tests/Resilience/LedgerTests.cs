using System.Text.Json;
using Chat4All.Tests.Deliveries;
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

        var sent = (await File.ReadAllLinesAsync(file)).Select(ReadLine).OfType<Line>().ToList();
        var once = sent.GroupBy(static line => line.DeliveryId).ToDictionary(static line => line.Key, static line => line.First());
        var members = crowd.Senders.Append(crowd.Watcher).Select(static client => client.UserId).ToList();
        string[] due =
        [
            .. load.AcknowledgedMessages.SelectMany(one => members.Where(member => member != one.Value.Sender).SelectMany(member => Channels.Select(channel => $"{one.Key}:{member}:{channel}"))),
        ];
        Assert.Equal(expected, due.Length);
        Assert.Empty(due.Except(once.Keys));
        Assert.Equal(expected, once.Count);

        // What is sent again after a kill is recognised by its id; the first time that each is seen is in order.
        foreach (var key in once.Values.GroupBy(static line => (line.ConversationId, line.Channel, line.Address)))
        {
            var seqs = key.Select(static line => line.Seq).ToArray();
            Assert.Equal(seqs.Order(), seqs);
        }

        Assert.Equal(0, await StoreRows.CountAsync(hub, "select count(*) from dead_letters"));
    }

    /// <summary>A line of the ledger; null for half a line that a kill left behind.</summary>
    private static Line? ReadLine(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var line = json.RootElement;
            return new Line(line.Text("delivery_id"), line.Text("conversation_id"), line.GetProperty("seq").GetInt64(), line.Text("channel"), line.Text("address"));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Line(string DeliveryId, string ConversationId, long Seq, string Channel, string Address);
}
