using System.Collections.Concurrent;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Kafka;

/// <summary>What happens to a group while its members change under load.</summary>
[Trait("Category", "Integration")]
public sealed class KafkaGroupTests : IAsyncLifetime
{
    private const string Topic = "events";
    private const int Keys = 40;
    private const int PerKey = 100;

    private MockCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await MockCluster.StartAsync();
        await _cluster.AddTopicAsync(Topic, 12);
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Members_that_come_and_go_under_load_lose_nothing_and_keep_each_keys_order()
    {
        await using var kafka = new KafkaLog(_cluster);
        using var end = new CancellationTokenSource();
        var seen = new ConcurrentDictionary<string, ConcurrentQueue<int>>();
        var members = new List<Task> { ReadAsync(kafka.Log, seen, end.Token) };
        var sending = SendAsync(kafka.Log);

        await Eventually.HoldsAsync("the first member reads", () => Count(seen) > 200);
        members.Add(ReadAsync(kafka.Log, seen, end.Token));
        await Eventually.HoldsAsync("more is read", () => Count(seen) > 1_000);
        using (var leaving = CancellationTokenSource.CreateLinkedTokenSource(end.Token))
        {
            var third = ReadAsync(kafka.Log, seen, leaving.Token);
            await Eventually.HoldsAsync("even more is read", () => Count(seen) > 2_000);
            await leaving.CancelAsync();
            await third;
        }

        await sending;
        await Eventually.HoldsAsync("everything is read", () => Count(seen) == Keys * PerKey, TimeSpan.FromSeconds(60));
        await Eventually.HoldsAsync("everything is committed", async () => (await kafka.Log.ReadLagAsync(CancellationToken.None)).Single().Records == 0);
        await end.CancelAsync();
        await Task.WhenAll(members);
        Assert.All(seen, key => Assert.Equal(Enumerable.Range(1, PerKey), key.Value.Distinct()));
    }

    [Fact]
    public async Task A_member_that_vanishes_leaves_its_uncommitted_records_to_the_others()
    {
        await using var kafka = new KafkaLog(_cluster);
        await kafka.Log.AppendAsync(Topic, [.. Enumerable.Range(0, Keys).SelectMany(static key => KafkaLog.Events($"key-{key}", 5))], CancellationToken.None);
        await using var vanishing = await ConsumerProcess.StartAsync(_cluster.BootstrapServers, Topic, "readers");
        var (read, done) = await vanishing.ReadAndCommitHalfAsync(Keys * 5);
        Assert.Equal(Keys * 5, read);

        await vanishing.KillAsync();

        await using var heir = kafka.Log.Join(Topic, "readers");
        Assert.Equal((Keys * 5) - done, (await KafkaLog.ReadAsync(heir, (Keys * 5) - done)).Count);
        Assert.Equal((Keys * 5) - done, (await kafka.Log.ReadLagAsync(CancellationToken.None)).Single().Records);
    }

    private static int Count(ConcurrentDictionary<string, ConcurrentQueue<int>> seen) => seen.Sum(static key => key.Value.Distinct().Count());

    private static async Task SendAsync(IEventLog log)
    {
        for (var i = 0; i < PerKey; i += 10)
        {
            await Task.WhenAll(Enumerable.Range(0, Keys).Select(key => log.AppendAsync(Topic, KafkaLog.Events($"key-{key}", 10, from: i + 1), CancellationToken.None)));
        }
    }

    /// <summary>A worker that commits each page when it is done with it.</summary>
    private static async Task ReadAsync(IEventLog log, ConcurrentDictionary<string, ConcurrentQueue<int>> seen, CancellationToken end)
    {
        await using var consumer = log.Join(Topic, "readers");
        while (!end.IsCancellationRequested)
        {
            try
            {
                var page = await consumer.ReadAsync(20, end);
                foreach (var record in page)
                {
                    seen.GetOrAdd(record.Event.Key, static _ => new()).Enqueue(int.Parse(record.Event.MessageId![2..], null));
                }

                await consumer.CommitAsync([.. page.GroupBy(static r => r.Partition).Select(static p => p.Last().Position)], CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Confluent.Kafka.KafkaException)
            {
                // Refused while the group changes: it goes with the next commit.
            }
        }
    }
}
