using System.Collections.Concurrent;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.EmbeddedLog;
using Chat4All.Tests.Hosting;
using Chat4All.Tests.Infrastructure.EventLogs;
using Chat4All.Tests.Infrastructure.Stores;
using Xunit;

namespace Chat4All.Tests.Compliance;

[Trait("Category", "Integration")]
public sealed class PostgresEventLogTests : EmbeddedLogCompliance
{
    private const string Topic = "whatsapp_outgoing";

    private readonly PostgresStoreFixture _store;

    public PostgresEventLogTests()
        : this(new PostgresStoreFixture())
    {
    }

    private PostgresEventLogTests(PostgresStoreFixture store)
        : base(store) => _store = store;

    [SkippableFact]
    public async Task A_member_whose_partitions_are_all_new_and_empty_is_not_behind_for_long()
    {
        await using (var process = StartProcess(new EmbeddedLogOptions { Partitions = 1 }))
        {
            await process.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 12_000).Select(static n => Event("a", n))], CancellationToken.None);
            await using var consumer = process.Log.Join(Topic, "group");
            await consumer.CommitAsync(await consumer.ReadManyAsync(12_000));
        }

        await _store.QueryAsync("update consumer_offsets set owner = 'another', leased_until = now() + interval '1 hour' where log_partition = 0");
        await using var grown = StartProcess(new EmbeddedLogOptions { Partitions = 2 });
        await using var member = grown.Log.Join(Topic, "group");
        using var stop = new CancellationTokenSource();
        var reading = member.ReadAsync(1_000, stop.Token);
        await Eventually.HoldsAsync("it has joined", async () => (await _store.QueryAsync("select 1 from consumer_offsets where log_partition >= 0")).Count == 2);

        await Eventually.HoldsAsync("nothing waits", async () => (await grown.Log.ReadLagAsync(CancellationToken.None)) is [{ Records: 0 }]);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [SkippableFact]
    public async Task Two_processes_share_a_groups_partitions_and_keep_each_keys_order()
    {
        await using var first = StartProcess();
        await using var second = StartProcess();
        await using var one = first.Log.Join(Topic, "group");
        await using var two = second.Log.Join(Topic, "group");
        var read = new ConcurrentQueue<(int Member, LogRecord Record)>();
        using var stop = new CancellationTokenSource();
        Task[] members = [ReadAsync(1, one), ReadAsync(2, two)];
        var n = 0;

        await Eventually.HoldsAsync("both have a share", async () =>
        {
            if (read.Count < 20 * n)
            {
                return false;
            }

            if (read.TakeLast(20).Select(static one => one.Member).Distinct().Count() == 2)
            {
                return true;
            }

            await first.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 20).Select(key => Event($"key{key}", n))], CancellationToken.None);
            n++;
            return false;
        });

        await stop.CancelAsync();
        await Task.WhenAll(members);
        Assert.All(read.GroupBy(static one => one.Record.Event.Key), key => Assert.Equal(Enumerable.Range(0, n), key.Select(static one => N(one.Record))));

        async Task ReadAsync(int member, ILogConsumer consumer)
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    var records = await consumer.ReadAsync(100, stop.Token);
                    foreach (var record in records)
                    {
                        read.Enqueue((member, record));
                    }

                    await consumer.CommitAsync(records);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    [SkippableFact]
    public async Task A_dead_members_partitions_are_taken_over_with_what_it_had_not_committed()
    {
        await using var dead = StartProcess();
        await dead.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 30).Select(static n => Event($"key{n}", n))], CancellationToken.None);
        var silent = dead.Log.Join(Topic, "group");
        await silent.ReadManyAsync(30);
        await _store.QueryAsync("update consumer_offsets set owner = 'dead:' || owner, leased_until = now() + interval '1 second' where owner is not null");
        await silent.DisposeAsync();

        await using var living = StartProcess();
        await using var heir = living.Log.Join(Topic, "group");

        Assert.Equal(Enumerable.Range(0, 30), (await heir.ReadManyAsync(30)).Select(N).Order());
    }

    [SkippableFact]
    public async Task What_another_process_writes_is_seen_without_a_word_from_it()
    {
        await using var writer = StartProcess();
        await using var reader = StartProcess();
        await using var consumer = reader.Log.Join(Topic, "group");
        var waiting = consumer.ReadManyAsync(1);

        await writer.Log.AppendAsync(Topic, [Event("a", 7)], CancellationToken.None);

        Assert.Equal(7, N(Assert.Single(await waiting)));
    }

    protected override Task<RunningLog> StartAsync(string topic)
    {
        var process = StartProcess();
        return Task.FromResult(new RunningLog(process.Log, process.DisposeAsync));
    }
}
