using Chat4All.Grains.Incoming;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Incoming;
using Chat4All.Tests.Hosting;
using Chat4All.Tests.Infrastructure.Incoming;
using Confluent.Kafka;
using ErrorCode = Confluent.Kafka.ErrorCode;
using static Chat4All.Tests.Kafka.KafkaLog;

namespace Chat4All.Tests.Kafka;

/// <summary>The log on three brokers, with what happens to brokers.</summary>
[Trait("Category", "Integration")]
public sealed class KafkaEventLogTests : IAsyncLifetime
{
    private const int Partitions = 6;
    private const string Topic = "events";
    private const int Produce = 0;
    private const int OffsetCommit = 8;

    private MockCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await MockCluster.StartAsync();
        await _cluster.AddTopicAsync(Topic, Partitions);
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task What_was_appended_is_read_whole_and_in_the_order_of_each_key()
    {
        await using var kafka = new KafkaLog(_cluster);
        await using var consumer = kafka.Log.Join(Topic, "readers");
        var keys = Enumerable.Range(0, 20).Select(i => $"key-{i}").ToArray();
        await Task.WhenAll(keys.Select(key => kafka.Log.AppendAsync(Topic, Events(key, 50), CancellationToken.None)));

        var records = await ReadAsync(consumer, keys.Length * 50);

        Assert.All(keys, key => Assert.Equal(Events(key, 50).Select(static e => e.Id), records.Where(r => r.Event.Key == key).Select(static r => r.Event.Id)));
        Assert.All(records.GroupBy(static r => r.Event.Key), static key => Assert.Single(key.Select(static r => r.Partition).Distinct()));
        Assert.All(records.GroupBy(static r => r.Partition), static p => Assert.Equal(p.Select(static r => r.Offset).Order(), p.Select(static r => r.Offset)));
        Assert.True(records.Select(static r => r.Partition).Distinct().Count() > 2);
        var (first, sent) = (records.First(static r => r.Event.Key == "key-3"), Event("key-3", 1));
        Assert.Equal(sent with { Data = default }, first.Event with { Data = default });
        Assert.Equal(sent.Data.ToArray(), first.Event.Data.ToArray());
        Assert.Equal(Topic, first.Topic);
    }

    [Fact]
    public async Task A_group_goes_on_behind_its_commit_and_a_new_group_begins_with_the_oldest()
    {
        await using var kafka = new KafkaLog(_cluster);
        await kafka.Log.AppendAsync(Topic, Events("key", 10), CancellationToken.None);
        await using (var first = kafka.Log.Join(Topic, "readers"))
        {
            var records = await ReadAsync(first, 10);
            await first.CommitAsync([records[3].Position], CancellationToken.None);
        }

        await using var second = kafka.Log.Join(Topic, "readers");
        await using var other = kafka.Log.Join(Topic, "others");
        Assert.Equal(Events("key", 6, from: 5).Select(static e => e.Id), (await ReadAsync(second, 6)).Select(static r => r.Event.Id));
        Assert.Equal(Events("key", 10).Select(static e => e.Id), (await ReadAsync(other, 10)).Select(static r => r.Event.Id));
    }

    [Fact]
    public async Task The_lag_is_what_a_group_has_not_committed()
    {
        await using var kafka = new KafkaLog(_cluster);
        await kafka.Log.AppendAsync(Topic, [.. Events("a", 7), .. Events("b", 5)], CancellationToken.None);
        await using var consumer = kafka.Log.Join(Topic, "readers");
        var records = await ReadAsync(consumer, 12);
        Assert.Equal([new ConsumerLag(Topic, "readers", 12)], await kafka.Log.ReadLagAsync(CancellationToken.None));

        await consumer.CommitAsync([records.Where(static r => r.Event.Key == "a").ElementAt(4).Position], CancellationToken.None);

        Assert.Equal([new ConsumerLag(Topic, "readers", 7)], await kafka.Log.ReadLagAsync(CancellationToken.None));
    }

    [Fact]
    public async Task The_lag_may_be_asked_for_while_all_brokers_go_away_and_come_back()
    {
        // The client library has aborted its process over such questions.
        await using var kafka = new KafkaLog(_cluster);
        await using var consumer = kafka.Log.Join(Topic, "readers");
        await AppendUntilTakenAsync(kafka.Log, Events("key", 3));
        using var end = new CancellationTokenSource();
        var (answers, failures) = (0, 0);
        var asking = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                try
                {
                    Assert.Equal(3, Assert.Single(await kafka.Log.ReadLagAsync(CancellationToken.None)).Records);
                    answers++;
                }
                catch (KafkaException)
                {
                    failures++;
                }
            }
        });

        for (var round = 1; round <= 2; round++)
        {
            var (answered, failed) = (answers, failures);
            await Eventually.HoldsAsync("the lag is known", () => answers > answered || asking.IsFaulted);
            await _cluster.SetAllDownAsync();
            await Eventually.HoldsAsync("questions fail", () => failures > failed + 1 || asking.IsFaulted);
            await _cluster.SetAllUpAsync();
        }

        var last = answers;
        await Eventually.HoldsAsync("the lag is known again", () => answers > last || asking.IsFaulted);
        await end.CancelAsync();
        await asking;
    }

    [Fact]
    public async Task A_worker_that_is_slow_gets_every_record_once_although_reading_pauses()
    {
        await using var kafka = new KafkaLog(_cluster, static options => options with { MaxPrefetched = 10 });
        await kafka.Log.AppendAsync(Topic, Events("key", 500), CancellationToken.None);
        await using var consumer = kafka.Log.Join(Topic, "readers");

        var records = await ReadAsync(consumer, 500, max: 7);

        Assert.Equal(Events("key", 500).Select(static e => e.Id), records.Select(static r => r.Event.Id));
    }

    [Fact]
    public async Task A_webhook_call_as_large_as_Meta_makes_them_goes_in()
    {
        await using var kafka = new KafkaLog(_cluster);
        var parts = new WhatsAppPayloads().Split(PayloadSplitTests.LargeCall(30));
        LogEvent[] events = [.. parts.Select(static part => IncomingCall.ToEvent("whatsapp", part.Key!, part.Body, DateTimeOffset.UtcNow))];
        await kafka.Log.AppendAsync(Topic, events, CancellationToken.None);

        await using var consumer = kafka.Log.Join(Topic, "readers");
        Assert.Equal(events.Select(static e => e.Id).Order(), (await ReadAsync(consumer, 30)).Select(static r => r.Event.Id).Order());
    }

    [Fact]
    public async Task Errors_of_the_brokers_neither_lose_nor_repeat_nor_reorder()
    {
        await using var kafka = new KafkaLog(_cluster);
        await kafka.Log.AppendAsync(Topic, Events("key", 1), CancellationToken.None);
        await _cluster.FailNextAsync(
            Produce, (int)ErrorCode.NotLeaderForPartition, (int)ErrorCode.NotEnoughReplicas, (int)ErrorCode.RequestTimedOut, (int)ErrorCode.LeaderNotAvailable);

        for (var i = 0; i < 20; i++)
        {
            await kafka.Log.AppendAsync(Topic, Events("key", 10, from: 2 + (i * 10)), CancellationToken.None);
        }

        await using var consumer = kafka.Log.Join(Topic, "readers");
        Assert.Equal(Events("key", 201).Select(static e => e.Id), (await ReadAsync(consumer, 201)).Select(static r => r.Event.Id));
    }

    [Fact]
    public async Task A_commit_that_a_broker_refuses_goes_with_the_next()
    {
        await using var kafka = new KafkaLog(_cluster);
        await kafka.Log.AppendAsync(Topic, Events("key", 3), CancellationToken.None);
        await using (var first = kafka.Log.Join(Topic, "readers"))
        {
            var records = await ReadAsync(first, 3);
            await _cluster.FailNextAsync(OffsetCommit, [.. Enumerable.Repeat((int)ErrorCode.GroupAuthorizationFailed, 1)]);
            await Assert.ThrowsAnyAsync<KafkaException>(() => first.CommitAsync([records[0].Position], CancellationToken.None));
            await first.CommitAsync([], CancellationToken.None);
        }

        await using var second = kafka.Log.Join(Topic, "readers");
        Assert.Equal("key-2", (await ReadAsync(second, 1))[0].Event.Id);
    }

    [Fact]
    public async Task While_all_brokers_are_away_appends_are_refused_and_what_is_tried_again_arrives_once_and_in_order()
    {
        await using var kafka = new KafkaLog(_cluster, static options => options with { DeliveryTimeout = TimeSpan.FromMilliseconds(300) });
        await AppendUntilTakenAsync(kafka.Log, Events("key", 5));
        await _cluster.SetAllDownAsync();

        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => kafka.Log.AppendAsync(Topic, Events("key", 5, from: 6), CancellationToken.None));
        Assert.Contains("Kafka did not take the event within 0.3 s", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => kafka.Log.AppendAsync(Topic, Events("key", 7, from: 6), CancellationToken.None));
        await _cluster.SetAllUpAsync();
        await AppendUntilTakenAsync(kafka.Log, Events("key", 10, from: 6));

        await using var consumer = kafka.Log.Join(Topic, "readers");
        Assert.Equal(Events("key", 15).Select(static e => e.Id), (await ReadAsync(consumer, 15)).Select(static r => r.Event.Id));
        Assert.Equal(15, Assert.Single(await kafka.Log.ReadLagAsync(CancellationToken.None)).Records);
    }

    [Fact]
    public async Task What_a_slow_cluster_takes_after_it_was_given_up_is_not_sent_again()
    {
        await using var kafka = new KafkaLog(_cluster, static options => options with { DeliveryTimeout = TimeSpan.FromMilliseconds(300) });
        await using var consumer = kafka.Log.Join(Topic, "readers");
        await AppendUntilTakenAsync(kafka.Log, Events("key", 5));
        await ReadAsync(consumer, 5);
        await _cluster.SetAnswerDelayAsync(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAnyAsync<Exception>(() => kafka.Log.AppendAsync(Topic, Events("key", 5, from: 6), CancellationToken.None));
        await AppendUntilTakenAsync(kafka.Log, Events("key", 7, from: 6));

        await _cluster.SetAnswerDelayAsync(TimeSpan.Zero);
        Assert.Equal(Events("key", 7, from: 6).Select(static e => e.Id), (await ReadAsync(consumer, 7)).Select(static r => r.Event.Id));
        await AppendUntilTakenAsync(kafka.Log, Events("key", 1, from: 13));
        Assert.Equal("key-13", Assert.Single(await ReadAsync(consumer, 1)).Event.Id);
    }

    [Fact]
    public async Task What_goes_in_once_more_on_purpose_is_sent_although_the_first_arrived_after_it_was_given_up()
    {
        await using var kafka = new KafkaLog(_cluster, static options => options with { DeliveryTimeout = TimeSpan.FromMilliseconds(300) });
        await using var consumer = kafka.Log.Join(Topic, "readers");
        await AppendUntilTakenAsync(kafka.Log, Events("key", 1));
        await ReadAsync(consumer, 1);
        await _cluster.SetAnswerDelayAsync(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<Exception>(() => kafka.Log.AppendAsync(Topic, Events("key", 1, from: 2), CancellationToken.None));
        Assert.Equal("key-2", Assert.Single(await ReadAsync(consumer, 1)).Event.Id);
        await _cluster.SetAnswerDelayAsync(TimeSpan.Zero);

        await AppendUntilTakenAsync(kafka.Log, [Event("key", 2) with { IsRepeat = true }]);

        Assert.Equal("key-2", Assert.Single(await ReadAsync(consumer, 1)).Event.Id);
    }

    [Fact]
    public async Task Leaders_that_move_and_a_broker_that_goes_and_comes_disturb_neither_order_nor_readers()
    {
        await using var kafka = new KafkaLog(_cluster);
        await using var consumer = kafka.Log.Join(Topic, "readers");
        var reading = ReadAsync(consumer, 1_200);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                await Task.WhenAll(new[] { "a", "b", "c" }.Select(key => AppendUntilTakenAsync(kafka.Log, Events(key, 10, from: 1 + (i * 10)))));
            }
        });
        for (var broker = 1; broker <= MockCluster.Brokers; broker++)
        {
            var heir = (broker % MockCluster.Brokers) + 1;
            await _cluster.SetLeaderAsync(Topic, Partitions, heir);
            await _cluster.SetDownAsync(broker);
            await Task.WhenAll(AppendUntilTakenAsync(kafka.Log, Events($"during-{broker}", 1)));
            await _cluster.SetUpAsync(broker);
        }

        await sending;
        var records = await reading;
        Assert.All(new[] { "a", "b", "c" }, key =>
        {
            var seen = records.Where(r => r.Event.Key == key).Select(static r => r.Event.Id).Distinct().ToArray();
            Assert.Equal(Events(key, seen.Length).Select(static e => e.Id), seen);
        });
    }

    private static async Task AppendUntilTakenAsync(IEventLog log, IReadOnlyList<LogEvent> events)
    {
        await Eventually.HoldsAsync("the log takes the events", async () =>
        {
            try
            {
                await log.AppendAsync(Topic, events, CancellationToken.None);
                return true;
            }
            catch (Exception refused) when (refused.Message.StartsWith("Kafka", StringComparison.Ordinal))
            {
                return false;
            }
        });
    }
}
