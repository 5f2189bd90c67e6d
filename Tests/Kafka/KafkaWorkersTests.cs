using System.Collections.Concurrent;
using Chat4All.Grains.Ports;
using Chat4All.Silo.Workers;
using Chat4All.Tests.Hosting;
using Chat4All.Tests.Silo.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat4All.Tests.Kafka;

/// <summary>Workers of one group in several processes.</summary>
[Trait("Category", "Integration")]
public sealed class KafkaWorkersTests : IAsyncLifetime
{
    private const string Topic = "events";
    private const int Keys = 40;
    private const int PerKey = 300;

    private MockCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await MockCluster.StartAsync();
        await _cluster.AddTopicAsync(Topic, 12);
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task A_worker_whose_partition_goes_leaves_what_it_has_taken_to_the_new_one()
    {
        await using var first = new KafkaLog(_cluster);
        await using var second = new KafkaLog(_cluster);
        for (var key = 0; key < Keys; key++)
        {
            await first.Log.AppendAsync(Topic, KafkaLog.Events($"key-{key}", PerKey), CancellationToken.None);
        }

        var journal = new Journal();
        await using var old = await StartAsync(first, journal, "old");
        await Eventually.HoldsAsync("the first one works", () => journal.Begun.Count > 100);
        await using var young = await StartAsync(second, journal, "young");

        await Eventually.HoldsAsync("everything is handled", () => journal.Ended.Distinct().Count() == Keys * PerKey, TimeSpan.FromSeconds(60));
        await Eventually.HoldsAsync("everything is committed", async () => (await first.Log.ReadLagAsync(CancellationToken.None)).Single().Records == 0, TimeSpan.FromSeconds(20));
        Assert.Empty(journal.AtOnce);
        var byPartition = journal.Begun.GroupBy(static one => one.Record.Partition).ToList();
        Assert.Contains(byPartition, static partition => partition.First().Worker == "old" && partition.Last().Worker == "young");
        Assert.All(byPartition, static partition => Assert.DoesNotContain("old", partition.Select(static one => one.Worker).SkipWhile(static worker => worker == "old")));
        Assert.All(
            journal.Begun.GroupBy(static one => one.Record.Event.Key),
            static key => Assert.Equal(Enumerable.Range(1, PerKey), key.Select(static one => int.Parse(one.Record.Event.MessageId![2..], null)).Distinct()));
    }

    private static async Task<RunningWorker> StartAsync(KafkaLog log, Journal journal, string name)
    {
        var worker = new RunningWorker(new KeyedWorker(new SlowHandler(journal, name), log.Log, TimeProvider.System, NullLogger<KeyedWorker>.Instance));
        await worker.StartAsync();
        return worker;
    }

    private sealed class Journal
    {
        private readonly ConcurrentDictionary<string, string> _inside = new();

        public ConcurrentQueue<(string Worker, LogRecord Record)> Begun { get; } = new();

        public ConcurrentQueue<string> Ended { get; } = new();

        /// <summary>Events that two workers had in their hands at the same time.</summary>
        public ConcurrentQueue<string> AtOnce { get; } = new();

        public void Begin(string worker, LogRecord record)
        {
            Begun.Enqueue((worker, record));
            if (!_inside.TryAdd(record.Event.Id, worker))
            {
                AtOnce.Enqueue(record.Event.Id);
            }
        }

        public void End(LogRecord record)
        {
            _inside.TryRemove(record.Event.Id, out _);
            Ended.Enqueue(record.Event.Id);
        }
    }

    /// <summary>As slow as a platform, so that the first worker has thousands of records in its hands when the second one comes.</summary>
    private sealed class SlowHandler(Journal journal, string name) : IKeyedHandler
    {
        public string Topic => KafkaWorkersTests.Topic;

        public string Group => "connector";

        public int Concurrency => 8;

        public async Task<HandlingResult> HandleAsync(LogRecord record, CancellationToken cancellationToken)
        {
            journal.Begin(name, record);
            await Task.Delay(TimeSpan.FromMilliseconds(10), cancellationToken);
            journal.End(record);
            return HandlingResult.Done;
        }

        public Task GiveUpAsync(LogRecord record, string reason, int attempts, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
