using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Connectors.Simulator;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat4All.Tests.Connectors;

/// <summary>The platform that only exists in this process.</summary>
public sealed class SimulatorTests : IAsyncDisposable
{
    private readonly RecordedReceipts _hub = new();
    private readonly TemporaryFolder _folder = new();
    private readonly List<SimulatedReceipts> _started = [];

    [Fact]
    public async Task A_message_is_sent_at_once_delivered_within_1_s_and_read_within_3_s()
    {
        var connector = await StartAsync(new SimulatorOptions());
        var before = DateTimeOffset.UtcNow;
        var sent = new List<SendResult>();

        for (var i = 0; i < 200; i++)
        {
            sent.Add(await connector.SendAsync(Outgoing.Text(messageId: $"message-{i}"), CancellationToken.None));
        }

        var after = DateTimeOffset.UtcNow;
        Assert.All(sent, result => Assert.Equal(AttemptOutcome.Sent, result.Outcome));
        await Eventually.HoldsAsync("all receipts come", () => _hub.Reported.Count == 400);
        foreach (var receipts in _hub.Reported.GroupBy(receipt => receipt.ExternalId))
        {
            Assert.Equal([MessageStatus.Delivered, MessageStatus.Read], receipts.OrderBy(r => r.At).Select(r => r.Status));
            Assert.All(receipts, r => Assert.Equal("whatsapp", r.Channel));
            Assert.InRange(receipts.Single(r => r.Status == MessageStatus.Delivered).At, before, after.AddSeconds(1));
            Assert.InRange(receipts.Single(r => r.Status == MessageStatus.Read).At, before, after.AddSeconds(3));
        }

        Assert.Equal(sent.Select(result => result.ExternalId).Order(), _hub.Reported.Select(r => r.ExternalId).Distinct().Order());
    }

    [Fact]
    public async Task The_same_delivery_has_the_same_external_id_wherever_it_is_sent()
    {
        var first = await StartAsync(new SimulatorOptions { Seed = 1 });
        var second = await StartAsync(new SimulatorOptions { Seed = 2 });

        var ids = new[]
        {
            (await first.SendAsync(Outgoing.Text(), CancellationToken.None)).ExternalId,
            (await first.SendAsync(Outgoing.Text(), CancellationToken.None)).ExternalId,
            (await second.SendAsync(Outgoing.Text(), CancellationToken.None)).ExternalId,
        };

        Assert.Single(ids.Distinct());
        Assert.NotEqual(ids[0], (await first.SendAsync(Outgoing.Text(messageId: "message-2"), CancellationToken.None)).ExternalId);
    }

    [Fact]
    public async Task The_seed_decides_every_outcome_in_whatever_order_messages_are_sent()
    {
        var options = new SimulatorOptions { Seed = 7, FailureRate = 0.2, RetryRate = 0.2, ThrottleRate = 0.2, UnknownRate = 0.2, ThrottleFor = TimeSpan.FromSeconds(9) };
        var ids = Enumerable.Range(0, 1000).Select(i => $"message-{i}").ToArray();

        var forwards = await OutcomesAsync(options, ids);
        var backwards = await OutcomesAsync(options, [.. ids.Reverse()]);
        var otherwise = await OutcomesAsync(options with { Seed = 8 }, ids);

        Assert.Equal(forwards.OrderBy(o => o.Key), backwards.OrderBy(o => o.Key));
        Assert.NotEqual(forwards.OrderBy(o => o.Key), otherwise.OrderBy(o => o.Key));
        foreach (var outcome in Enum.GetValues<AttemptOutcome>())
        {
            Assert.InRange(forwards.Values.Count(result => result.Outcome == outcome), 150, 250);
        }

        Assert.All(forwards.Values.Where(r => r.Outcome == AttemptOutcome.Throttled), r => Assert.Equal(TimeSpan.FromSeconds(9), r.RetryAfter));
        Assert.All(forwards.Values.Where(r => r.Outcome != AttemptOutcome.Sent), r => Assert.NotNull(r.Error));
    }

    [Fact]
    public async Task Each_attempt_is_drawn_anew_so_that_throttling_ends()
    {
        var connector = await StartAsync(new SimulatorOptions { ThrottleRate = 0.5 });

        for (var i = 0; i < 100; i++)
        {
            var attempts = 0;
            while ((await connector.SendAsync(Outgoing.Text(messageId: $"message-{i}"), CancellationToken.None)).Outcome == AttemptOutcome.Throttled)
            {
                Assert.InRange(++attempts, 0, 50);
            }
        }
    }

    [Fact]
    public async Task What_was_answered_as_sent_is_in_the_ledger_with_everything_needed_to_check_it()
    {
        var file = Path.Combine(_folder.Path, "ledger.jsonl");
        await File.WriteAllTextAsync(file, """{"delivery_id":"torn""");
        var connector = await StartAsync(new SimulatorOptions { LedgerFile = file });

        for (var i = 0; i < 3; i++)
        {
            await connector.SendAsync(Outgoing.Text("a \"secret\" text", address: "é\n", messageId: $"message-{i}"), CancellationToken.None);
        }

        var lines = await File.ReadAllLinesAsync(file);
        Assert.Equal(4, lines.Length);
        var line = JsonDocument.Parse(lines[3]).RootElement;
        Assert.Equal("message-2:user2:whatsapp", line.GetProperty("delivery_id").GetString());
        Assert.Equal("conversation-1", line.GetProperty("conversation_id").GetString());
        Assert.Equal(7, line.GetProperty("seq").GetInt64());
        Assert.Equal("whatsapp", line.GetProperty("channel").GetString());
        Assert.Equal("é\n", line.GetProperty("address").GetString());
        Assert.True(line.GetProperty("at").TryGetDateTimeOffset(out _));
        Assert.DoesNotContain("secret", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_of_the_requests_whose_answer_was_lost_did_arrive()
    {
        var file = Path.Combine(_folder.Path, "ledger.jsonl");
        var connector = await StartAsync(new SimulatorOptions { LedgerFile = file, UnknownRate = 1, Receipts = false });

        for (var i = 0; i < 400; i++)
        {
            Assert.Equal(new SendResult(AttemptOutcome.Unknown, Error: "outcome_unknown"), await connector.SendAsync(Outgoing.Text(messageId: $"message-{i}"), CancellationToken.None));
        }

        Assert.InRange((await File.ReadAllLinesAsync(file)).Length, 150, 250);
    }

    [Fact]
    public async Task Receipts_that_the_hub_refuses_or_does_not_know_yet_come_again()
    {
        _hub.Refusals = 1;
        _hub.Unknown = 1;
        var connector = await StartAsync(new SimulatorOptions { ReadReceipts = false, DeliveredMin = TimeSpan.Zero, DeliveredMax = TimeSpan.Zero });
        var before = DateTimeOffset.UtcNow;

        await connector.SendAsync(Outgoing.Text(), CancellationToken.None);

        await Eventually.HoldsAsync("the receipt comes", () => _hub.Reported.Count == 1);
        Assert.Equal(3, _hub.Batches);
        Assert.InRange(_hub.Reported[0].At, before, before.AddMilliseconds(500));
    }

    [Fact]
    public async Task Receipts_come_in_batches_and_more_than_the_limit_are_dropped()
    {
        var connector = await StartAsync(new SimulatorOptions { ReadReceipts = false, DeliveredMin = TimeSpan.FromMilliseconds(300), DeliveredMax = TimeSpan.FromMilliseconds(300), MaxPendingReceipts = 1000 });

        for (var i = 0; i < 5000; i++)
        {
            await connector.SendAsync(Outgoing.Text(messageId: $"message-{i}"), CancellationToken.None);
        }

        await Eventually.HoldsAsync("all that was kept came", () => _started[0].Pending == 0 && _hub.Reported.Count >= 1000);
        Assert.InRange(_hub.Reported.Count, 1000, 4999);
        Assert.InRange(_hub.Batches, 2, 200);
    }

    [Fact]
    public void Latencies_have_the_median_and_the_99th_percentile_that_were_asked_for()
    {
        var (median, p99) = (TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(400));
        var times = Enumerable.Range(0, 20_000).Select(i => new Chance(1, $"message-{i}", 1).LogNormal(median, p99, 5)).Order().ToArray();

        Assert.InRange(times[10_000], median * 0.95, median * 1.05);
        Assert.InRange(times[19_800], p99 * 0.85, p99 * 1.15);
    }

    [Fact]
    public void Receipts_far_in_the_future_wait_for_their_round_of_the_wheel()
    {
        var wheel = new ReceiptWheel(TimeSpan.FromMilliseconds(50), 10);
        var start = new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero);
        var due = new List<PendingReceipt>();
        wheel.Take(start.AddSeconds(-1), due);
        int[] moments = [0, 50, 6_350, 6_400, 6_450, 100_000, 3_600_000];
        foreach (var moment in moments)
        {
            var at = start.AddMilliseconds(moment);
            Assert.True(wheel.TryAdd(new PendingReceipt(Channels.Telegram, "x", MessageStatus.Delivered, at, at)));
        }

        foreach (var moment in moments)
        {
            due.Clear();
            wheel.Take(start.AddMilliseconds(moment - 1), due);
            Assert.Empty(due);
            wheel.Take(start.AddMilliseconds(moment), due);
            Assert.Equal([start.AddMilliseconds(moment)], due.Select(r => r.At));
        }

        Assert.Equal(0, wheel.Count);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var receipts in _started)
        {
            await receipts.StopAsync(CancellationToken.None);
            receipts.Dispose();
        }

        _folder.Dispose();
    }

    private async Task<SimulatorConnector> StartAsync(SimulatorOptions options)
    {
        Assert.Empty(options.Check());
        var receipts = new SimulatedReceipts(options, new Lazy<IDeliveryReceipts?>(_hub), TimeProvider.System, NullLogger<SimulatedReceipts>.Instance);
        await receipts.StartAsync(CancellationToken.None);
        _started.Add(receipts);
        return new SimulatorConnector(Channels.WhatsApp, options, receipts, new SimulatorLedger(options.LedgerFile), TimeProvider.System);
    }

    private async Task<Dictionary<string, SendResult>> OutcomesAsync(SimulatorOptions options, string[] ids)
    {
        var connector = await StartAsync(options with { Receipts = false });
        var outcomes = new Dictionary<string, SendResult>();
        foreach (var id in ids)
        {
            outcomes[id] = await connector.SendAsync(Outgoing.Text(messageId: id), CancellationToken.None);
        }

        return outcomes;
    }
}
