using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Hosting;
using Chat4All.Tests.Resilience;

namespace Chat4All.Tests.Kafka;

/// <summary>The whole hub with Kafka as its event log.</summary>
[Trait("Category", "Integration")]
public sealed class HubOnKafkaTests : IAsyncLifetime
{
    private const int Conversations = 20;
    private const int Senders = 10;

    private MockCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await MockCluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [SkippableTheory]
    [InlineData(HubStore.Sqlite)]
    [InlineData(HubStore.Postgres)]
    public async Task A_message_becomes_a_record_and_its_row_is_marked_published(HubStore store)
    {
        await using var hub = await StartAsync(store, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1");
        using var user = await hub.SignInAsync("user1");
        user.Http.DefaultRequestHeaders.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        for (var i = 0; i < 20; i++)
        {
            await user.SendAsync("conv-test", $"hello {i}", $"m-{i}");
        }

        await using var kafka = new KafkaLog(_cluster);
        await using var consumer = kafka.Log.Join(Topics.MessageProcessing, "auditor");
        var records = await KafkaLog.ReadAsync(consumer, 20);
        Assert.Equal(Enumerable.Range(0, 20).Select(static i => $"m-{i}"), records.Select(static r => r.Event.MessageId));
        Assert.All(records, static r => Assert.Equal(("conv-test", "message.created"), (r.Event.Key, r.Event.Type)));
        Assert.All(records, static r => Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", r.Event.TraceParent, StringComparison.Ordinal));
        Assert.Equal("hello 7", JsonElement.Parse(records[7].Event.Data.Span).GetProperty("content").GetString());
        await Eventually.HoldsAsync("every row is marked", async () => await UnpublishedAsync(hub) == 0);
        Assert.Equal(20, await StoreRows.CountAsync(hub, "select count(*) from outbox_events where version = 1 and error_message is null and aggregate_id like 'm-%'"));
    }

    [SkippableTheory]
    [InlineData(HubStore.Sqlite)]
    [InlineData(HubStore.Postgres)]
    public async Task While_all_brokers_are_away_messages_are_accepted_and_all_are_delivered_in_order_afterwards(HubStore store)
    {
        await using var hub = await StartAsync(store, "Kafka__DeliveryTimeout=00:00:04");
        using var crowd = await Crowd.GatherAsync(hub, Senders, Conversations);
        var load = new SendingLoad(crowd, 200, seed: 7);

        var sending = load.RunAsync();
        await load.UntilAsync(load.Total / 4, sending);
        await _cluster.SetAllDownAsync();
        var away = Task.Delay(TimeSpan.FromSeconds(15));
        await sending;
        Assert.Empty(load.Refusals);

        // Throws for anything but 200.
        await Eventually.HoldsAsync("the log is named as down", async () => (await hub.Http.GetStringAsync("/ready")).Contains("\"event_log\":{\"status\":\"down\"", StringComparison.Ordinal));
        await away;
        Assert.True(await StoreRows.CountAsync(hub, "select count(*) from outbox_events where version > 1 and error_message like 'Kafka did not take%'") > 0);
        await _cluster.SetAllUpAsync();

        await AllMarkedAsync(hub);
        await AssertAllInOrderAsync(hub, load);
    }

    [SkippableTheory]
    [InlineData(HubStore.Sqlite)]
    [InlineData(HubStore.Postgres)]
    public async Task Three_kills_under_load_leave_no_accepted_message_out_of_the_log_nor_out_of_order(HubStore store)
    {
        await using var hub = await StartAsync(store);
        using var crowd = await Crowd.GatherAsync(hub, Senders, Conversations);
        var load = new SendingLoad(crowd, 300, seed: 11);

        var sending = load.RunAsync();
        for (var kill = 1; kill <= 3; kill++)
        {
            await load.UntilAsync(load.Total * kill / 4, sending);
            await hub.KillAndStartAgainAsync();
        }

        await sending;
        await AllMarkedAsync(hub);
        await AssertAllInOrderAsync(hub, load);
    }

    [Fact]
    public async Task The_hub_starts_and_accepts_messages_while_no_broker_answers()
    {
        await _cluster.SetAllDownAsync();
        await using var hub = await StartAsync(HubStore.Sqlite, "Kafka__DeliveryTimeout=00:00:02");
        using var user = await hub.SignInAsync("user1");
        await user.SendAsync("conv-test", "hello", "m-1");
        Assert.Equal(1, await UnpublishedAsync(hub));
        Assert.Contains("\"event_log\":{\"status\":\"down\"", await hub.Http.GetStringAsync("/ready"), StringComparison.Ordinal);

        await _cluster.SetAllUpAsync();

        await Eventually.HoldsAsync("the row is marked", async () => await UnpublishedAsync(hub) == 0, TimeSpan.FromSeconds(60));
    }

    private static async Task AllMarkedAsync(HubServer hub)
    {
        try
        {
            await Eventually.HoldsAsync("every row is marked", async () => await UnpublishedAsync(hub) == 0, TimeSpan.FromSeconds(90));
        }
        catch (TimeoutException timeout)
        {
            throw new TimeoutException($"{timeout.Message} {await UnpublishedAsync(hub)} rows are left.\n{hub.OutputTail}", timeout);
        }
    }

    private static Task<long> UnpublishedAsync(HubServer hub) => StoreRows.CountAsync(hub, "select count(*) from outbox_events where published = false");

    private Task<HubServer> StartAsync(HubStore store, params string[] settings)
    {
        Skip.If(store == HubStore.Postgres && !PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        var environment = new Dictionary<string, string>
        {
            ["KAFKA_BOOTSTRAP_SERVERS"] = _cluster.BootstrapServers,
            ["Kafka__Client__fetch.wait.max.ms"] = "50",
            ["Kafka__Client__session.timeout.ms"] = "6000",
        };
        foreach (var setting in settings)
        {
            environment[setting.Split('=')[0]] = setting.Split('=')[1];
        }

        return HubServer.StartAsync(new HubOptions { Store = store, Environment = environment });
    }

    /// <summary>Every accepted message is in the topic, and in each conversation the first copies are in seq order.</summary>
    private async Task AssertAllInOrderAsync(HubServer hub, SendingLoad load)
    {
        await using var kafka = new KafkaLog(_cluster);
        await using var consumer = kafka.Log.Join(Topics.MessageProcessing, "auditor");
        var ids = new HashSet<string>();
        var messages = new HashSet<string>();
        var seqs = new Dictionary<string, long>();
        var rows = await StoreRows.CountAsync(hub, "select count(*) from outbox_events where event_type = 'message.created'");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (messages.Count < rows)
        {
            foreach (var record in (await consumer.ReadAsync(500, limit.Token)).Where(record => record.Event.Type == "message.created" && ids.Add(record.Event.Id)))
            {
                var seq = JsonElement.Parse(record.Event.Data.Span).GetProperty("seq").GetInt64();
                Assert.True(seq > seqs.GetValueOrDefault(record.Event.Key), $"{record.Event.Key}: {seq} came behind {seqs.GetValueOrDefault(record.Event.Key)}");
                seqs[record.Event.Key] = seq;
                messages.Add(record.Event.MessageId!);
            }
        }

        Assert.Equal(load.Total, load.AcknowledgedMessages.Count);
        Assert.Empty(load.AcknowledgedMessages.Keys.Except(messages));
    }
}
