using System.Text;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Hosting;
using Chat4All.Tests.Infrastructure.EventLogs;
using Xunit;

namespace Chat4All.Tests.Compliance;

/// <summary>What every <see cref="IEventLog"/> must do, whatever it lies on.</summary>
public abstract class EventLogCompliance
{
    private readonly string _topic = $"topic_{Guid.NewGuid():N}";

    /// <summary>The log as one process has it. The topic is made where topics have to be made; skips the test where there is no such log.</summary>
    protected abstract Task<RunningLog> StartAsync(string topic);

    [SkippableFact]
    public async Task An_event_comes_out_as_it_went_in()
    {
        await using var process = await StartAsync(_topic);
        var sent = Event("k", 1) with { MessageId = "m-1", TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };

        await process.Log.AppendAsync(_topic, [sent, Event("k", 2)], CancellationToken.None);

        await using var consumer = process.Log.Join(_topic, "group");
        var records = await consumer.ReadManyAsync(2);
        var (first, second) = (records[0].Event, records[1].Event);
        Assert.Equal((_topic, sent.Id, sent.Type, "k", "m-1", sent.Time, sent.TraceParent), (records[0].Topic, first.Id, first.Type, first.Key, first.MessageId, first.Time, first.TraceParent));
        Assert.Equal("""{"n":1}""", Encoding.UTF8.GetString(first.Data.Span));
        Assert.Null(second.MessageId);
        Assert.Null(second.TraceParent);
    }

    [SkippableFact]
    public async Task Events_of_one_key_come_in_the_order_of_their_appends_and_share_a_partition()
    {
        await using var process = await StartAsync(_topic);
        string[] keys = ["a", "b", "c", "d", "e", "f", "g"];
        for (var n = 0; n < 30; n++)
        {
            await process.Log.AppendAsync(_topic, [.. keys.Select(key => Event(key, n))], CancellationToken.None);
        }

        await using var consumer = process.Log.Join(_topic, "group");
        var records = await consumer.ReadManyAsync(30 * keys.Length);

        foreach (var key in records.GroupBy(static record => record.Event.Key))
        {
            Assert.Equal(Enumerable.Range(0, 30), key.Select(N));
            Assert.Single(key.Select(static record => record.Partition).Distinct());
        }

        foreach (var partition in records.GroupBy(static record => record.Partition))
        {
            Assert.All(partition.Zip(partition.Skip(1)), static pair => Assert.True(pair.First.Offset < pair.Second.Offset));
        }
    }

    [SkippableFact]
    public async Task Each_group_gets_every_event_and_a_new_one_begins_at_the_oldest()
    {
        await using var process = await StartAsync(_topic);
        await process.Log.AppendAsync(_topic, [Event("a", 1), Event("b", 2)], CancellationToken.None);
        await using var first = process.Log.Join(_topic, "first");
        await first.CommitAsync(await first.ReadManyAsync(2));

        await using var second = process.Log.Join(_topic, "second");

        Assert.Equal([1, 2], (await second.ReadManyAsync(2)).Select(N).Order());
    }

    [SkippableFact]
    public async Task A_restarted_group_goes_on_behind_its_commit_and_gets_the_rest_again()
    {
        string[] keys = ["a", "b", "c", "d"];
        var committed = new Dictionary<int, long>();
        List<LogRecord> records;
        await using (var process = await StartAsync(_topic))
        {
            await process.Log.AppendAsync(_topic, [.. Enumerable.Range(0, 40).Select(n => Event(keys[n % 4], n))], CancellationToken.None);
            await using var consumer = process.Log.Join(_topic, "group");
            records = await consumer.ReadManyAsync(40);
            foreach (var done in new[] { records.Last(static record => record.Event.Key == "b"), records.Where(static record => record.Event.Key == "a").ElementAt(4) })
            {
                committed[done.Partition] = done.Offset;
            }

            await consumer.CommitAsync([.. committed.Select(static place => new LogPosition(place.Key, place.Value))], CancellationToken.None);
        }

        var open = records.Where(record => record.Offset > committed.GetValueOrDefault(record.Partition, -1)).ToArray();
        Assert.InRange(open.Length, 1, 35);
        await using var restarted = await StartAsync(_topic);
        await using var member = restarted.Log.Join(_topic, "group");
        var again = await member.ReadManyAsync(open.Length);

        Assert.Equal(open.Select(static record => record.Event.Id).Order(), again.Select(static record => record.Event.Id).Order());
        Assert.All(again.GroupBy(static record => record.Event.Key), static key => Assert.Equal(key.Select(N).Order(), key.Select(N)));
    }

    [SkippableFact]
    public async Task Whoever_waits_gets_what_is_appended_then()
    {
        await using var process = await StartAsync(_topic);
        await using var consumer = process.Log.Join(_topic, "group");
        for (var n = 0; n < 5; n++)
        {
            var waiting = consumer.ReadManyAsync(1);
            await process.Log.AppendAsync(_topic, [Event("a", n)], CancellationToken.None);

            Assert.Equal(n, N(Assert.Single(await waiting)));
        }
    }

    [SkippableFact]
    public async Task Nothing_is_lost_while_many_append_and_one_reads()
    {
        await using var process = await StartAsync(_topic);
        await using var other = await StartAsync(_topic);
        await using var consumer = process.Log.Join(_topic, "group");
        var reading = consumer.ReadManyAsync(8 * 100);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            var log = writer % 2 == 0 ? process.Log : other.Log;
            for (var n = 0; n < 100; n++)
            {
                await log.AppendAsync(_topic, [Event($"key{writer}", n)], CancellationToken.None);
            }
        })));

        var records = await reading;
        Assert.All(records.GroupBy(static record => record.Event.Key), static key => Assert.Equal(Enumerable.Range(0, 100), key.Select(N)));
    }

    [SkippableFact]
    public async Task The_lag_is_what_a_group_has_not_committed()
    {
        await using var process = await StartAsync(_topic);
        await process.Log.AppendAsync(_topic, [.. Enumerable.Range(0, 10).Select(static n => Event("a", n))], CancellationToken.None);
        await using var consumer = process.Log.Join(_topic, "group");
        var records = await consumer.ReadManyAsync(10);

        await consumer.CommitAsync(records.Take(4));
        await Eventually.HoldsAsync("six are left", async () => await LagAsync(process.Log) == 6);
        await consumer.CommitAsync(records);
        await Eventually.HoldsAsync("none is left", async () => await LagAsync(process.Log) == 0);
    }

    [SkippableFact]
    public async Task It_answers()
    {
        await using var process = await StartAsync(_topic);

        await process.Log.PingAsync(CancellationToken.None);
    }

    /// <summary>An event whose data tells its number.</summary>
    protected static LogEvent Event(string key, int n) => new()
    {
        Id = Guid.CreateVersion7().ToString(),
        Type = "test.happened",
        Key = key,
        Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMicroseconds(n),
        Data = Encoding.UTF8.GetBytes($$"""{"n":{{n}}}"""),
    };

    /// <summary>The number that an event's data tells.</summary>
    protected static int N(LogRecord record) => int.Parse(Encoding.UTF8.GetString(record.Event.Data.Span)[5..^1], System.Globalization.CultureInfo.InvariantCulture);

    private async Task<long> LagAsync(IEventLog log) =>
        (await log.ReadLagAsync(CancellationToken.None)).Single(lag => lag.Topic == _topic && lag.Group == "group").Records;

    /// <summary>A log, and how its process ends.</summary>
    protected sealed class RunningLog(IEventLog log, Func<ValueTask> end) : IAsyncDisposable
    {
        public IEventLog Log => log;

        public ValueTask DisposeAsync() => end();
    }
}
