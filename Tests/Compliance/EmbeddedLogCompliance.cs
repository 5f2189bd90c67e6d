using System.Globalization;
using System.Text;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.EmbeddedLog;
using Chat4All.Tests.Hosting;
using Chat4All.Tests.Infrastructure.EventLogs;
using Chat4All.Tests.Infrastructure.Stores;
using Chat4All.Tests.RealTime;
using Xunit;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>What the embedded log does on top, on either kind of store: outbox rows as records, retention, limits. Each test has a store of its own.</summary>
public abstract class EmbeddedLogCompliance(StoreFixture store) : EventLogCompliance, IAsyncLifetime
{
    private const string Topic = "file_processing";

    public Task InitializeAsync() => store.InitializeAsync();

    public Task DisposeAsync() => store.DisposeAsync();

    [SkippableFact]
    public async Task A_committed_message_is_a_record_and_its_outbox_row_is_published()
    {
        await using var process = StartProcess();
        await using var consumer = process.Log.Join(Topics.MessageProcessing, "router");
        var (conversation, user) = await ArrangeAsync();
        var waiting = consumer.ReadManyAsync(3);
        var (first, joined) = (Message(conversation, 1, user), Message(conversation, 2, null));

        await process.Conversations.AppendAsync([Append(conversation, 0, first, joined, Message(conversation, 3, user))], CancellationToken.None);

        var records = await waiting;
        var (record, system) = (records[0], records[1]);
        Assert.Equal(
            (first.Outbox.Id.ToString(), first.Outbox.EventType, conversation, first.Message.MessageId, first.Message.CreatedAt),
            (record.Event.Id, record.Event.Type, record.Event.Key, record.Event.MessageId, record.Event.Time));
        Assert.Equal((EventTypes.MemberJoined, null), (system.Event.Type, system.Event.MessageId));
        Assert.Single(records.Select(static one => one.Partition).Distinct());
        Assert.Equal(0, await process.Outbox.CountUnpublishedAsync(CancellationToken.None));
        Assert.Equal(3L, (await store.QueryAsync("select count(*) from outbox_events where published_at = created_at and version = 1"))[0][0]);
    }

    [SkippableFact]
    public async Task Offsets_of_messages_follow_their_commits()
    {
        await using var process = StartProcess();
        var arranged = new List<(string Conversation, string User)>();
        for (var i = 0; i < 8; i++)
        {
            arranged.Add(await ArrangeAsync());
        }

        await using var consumer = process.Log.Join(Topics.MessageProcessing, "router");
        var reading = consumer.ReadManyAsync(8 * 50);

        // A reader that passes an offset never looks behind it: an offset that became visible late would be missed.
        await Task.WhenAll(arranged.Select(one => Task.Run(async () =>
        {
            for (var seq = 1; seq <= 50; seq++)
            {
                await process.Conversations.AppendAsync([Append(one.Conversation, seq - 1, Message(one.Conversation, seq, one.User))], CancellationToken.None);
            }
        })));

        var records = await reading;
        Assert.All(records.Zip(records.Skip(1)), static pair => Assert.True(pair.First.Offset < pair.Second.Offset));
        Assert.Equal(400, records.Select(static record => record.Event.Id).Distinct().Count());
    }

    [SkippableFact]
    public async Task What_another_log_left_unpublished_is_taken_over_in_order()
    {
        store.Require();
        var (conversation, user) = await ArrangeAsync();
        var (other, _) = await ArrangeAsync();
        var (second, third) = (Message(conversation, 2, user), Message(conversation, 3, user));
        await store.Conversations.AppendAsync([Append(conversation, 0, Message(conversation, 1, user), second, third)], CancellationToken.None);
        await store.Conversations.AppendAsync([Append(other, 0, Message(other, 1, null))], CancellationToken.None);
        var published = await store.Outbox.LoadUnpublishedAsync(conversation, 1, CancellationToken.None);
        await store.Outbox.MarkPublishedAsync(published, Start, CancellationToken.None);

        await using var process = StartProcess();
        await process.PrepareAsync();
        await process.Conversations.AppendAsync([Append(conversation, 3, Message(conversation, 4, user, "the-fourth"))], CancellationToken.None);

        await using var consumer = process.Log.Join(Topics.MessageProcessing, "router");
        var records = await consumer.ReadManyAsync(4);
        Assert.Equal(
            [second.Message.MessageId, third.Message.MessageId, "the-fourth"], records.Where(record => record.Event.Key == conversation).Select(static record => record.Event.MessageId));
        Assert.Single(records, record => record.Event.Key == other);
        Assert.Equal(0, await process.Outbox.CountUnpublishedAsync(CancellationToken.None));
    }

    [SkippableFact]
    public async Task An_outbox_row_stays_until_every_group_is_done_with_it()
    {
        var longAgo = Start.AddYears(-9);
        await using var process = StartProcess();
        var (conversation, user) = await ArrangeAsync();
        await process.Conversations.AppendAsync([Append(conversation, 0, [.. Enumerable.Range(1, 6).Select(seq => Message(conversation, seq, user, at: longAgo.AddSeconds(seq)))])], CancellationToken.None);
        await using (var consumer = process.Log.Join(Topics.MessageProcessing, "router"))
        await using (var slow = process.Log.Join(Topics.MessageProcessing, "slow"))
        {
            await consumer.CommitAsync(await consumer.ReadManyAsync(6));
            await slow.CommitAsync((await slow.ReadManyAsync(6)).Take(4));
        }

        Assert.Equal(4, await DeletedAsync(conversation));

        await using (var slow = process.Log.Join(Topics.MessageProcessing, "slow"))
        {
            await slow.CommitAsync(await slow.ReadManyAsync(2));
        }

        // SQLite keeps the newest, whose offset would otherwise be given out again.
        Assert.InRange(await DeletedAsync(conversation), 5, 6);
        await process.Conversations.AppendAsync([Append(conversation, 6, Message(conversation, 7, user, "the-seventh"))], CancellationToken.None);
        await using var later = process.Log.Join(Topics.MessageProcessing, "slow");
        Assert.Equal("the-seventh", Assert.Single(await later.ReadManyAsync(1)).Event.MessageId);

        async Task<int> DeletedAsync(string id)
        {
            await process.Outbox.DeletePublishedAsync(longAgo.AddHours(1), 100, CancellationToken.None);
            return 6 - (await store.QueryAsync($"select 1 from outbox_events where conversation_id = '{id}'")).Count;
        }
    }

    [SkippableFact]
    public async Task Old_events_go_when_every_group_has_committed_them()
    {
        var time = new ShiftedTime();
        await using var process = StartProcess(time: time);
        await process.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 10).Select(static n => Event("a", n))], CancellationToken.None);
        await using (var consumer = process.Log.Join(Topic, "group"))
        {
            await consumer.CommitAsync((await consumer.ReadManyAsync(10)).Take(4));
        }

        Assert.Equal(10, (await process.Extents.TrimAsync(Topic, default, CancellationToken.None)).Records);
        time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(6, (await process.Extents.TrimAsync(Topic, default, CancellationToken.None)).Records);
        await using var member = process.Log.Join(Topic, "group");
        Assert.Equal([4, 5, 6, 7, 8, 9], (await member.ReadManyAsync(6)).Select(N));
    }

    [SkippableFact]
    public async Task At_its_limit_the_log_refuses_what_would_push_out_events_that_a_group_wants()
    {
        await using var process = StartProcess(new EmbeddedLogOptions { MaxRecords = 1_000 });
        await using var consumer = process.Log.Join(Topic, "group");
        await process.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 1_000).Select(static n => Event("a", n))], CancellationToken.None);
        var records = await consumer.ReadManyAsync(1_000);

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => process.Log.AppendAsync(Topic, [Event("a", 1_000)], CancellationToken.None));
        Assert.Contains("EventLog:MaxRecords", refused.Message, StringComparison.Ordinal);

        await consumer.CommitAsync(records.Take(10));
        await Eventually.HoldsAsync("it takes more", async () => await Record.ExceptionAsync(() => process.Log.AppendAsync(Topic, [Event("a", 1_000)], CancellationToken.None)) is null);
        Assert.Equal(1_000, N(Assert.Single(await consumer.ReadManyAsync(1))));
        Assert.Equal(1_000, (await process.Extents.TrimAsync(Topic, default, CancellationToken.None)).Records);
    }

    [SkippableFact]
    public async Task Large_events_fill_the_log_by_their_bytes_and_the_oldest_go_for_new_ones()
    {
        var text = new string('x', 4_000);
        LogEvent[] Large(int from, int count) => [.. Enumerable.Range(from, count).Select(n => Event("a", n) with { Data = Encoding.UTF8.GetBytes($$"""{"n":{{n}},"text":"{{text}}"}""") })];
        await using var process = StartProcess(new EmbeddedLogOptions { MaxBytes = 1 << 20 });
        await using var consumer = process.Log.Join(Topic, "group");
        await process.Log.AppendAsync(Topic, Large(0, 230), CancellationToken.None);
        var records = await consumer.ReadManyAsync(230);

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => process.Log.AppendAsync(Topic, Large(230, 20), CancellationToken.None));
        Assert.Contains("MaxBytes", refused.Message, StringComparison.Ordinal);

        await consumer.CommitAsync(records.Take(100));
        await Eventually.HoldsAsync("it takes more", async () => await Record.ExceptionAsync(() => process.Log.AppendAsync(Topic, Large(230, 20), CancellationToken.None)) is null);
        Assert.InRange((long)(await store.QueryAsync("select min(log_offset) from event_log"))[0][0]!, 2, 40);
    }

    [SkippableFact]
    public async Task A_few_large_events_among_many_small_ones_do_not_fill_the_log()
    {
        var large = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 4_000)}}"}""");
        await using var process = StartProcess();
        await process.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 3_900).Select(static n => Event("a", n))], CancellationToken.None);
        await process.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 100).Select(n => Event("a", n) with { Data = large })], CancellationToken.None);

        var size = await process.Extents.TrimAsync(Topic, default, CancellationToken.None);

        var bytes = Convert.ToDouble((await store.QueryAsync("select sum(length(value)) from event_log"))[0][0], CultureInfo.InvariantCulture);
        Assert.Equal(4_000, size.Records);
        Assert.InRange(size.Bytes / bytes, 0.8, 1.2);
    }

    [SkippableFact]
    public async Task A_group_that_nobody_works_for_is_still_behind()
    {
        await using var process = StartProcess();
        await process.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 12_000).Select(static n => Event($"key-{n % 100}", n))], CancellationToken.None);
        await using (var consumer = process.Log.Join(Topic, "group"))
        {
            var records = await consumer.ReadManyAsync(6_000);
            Assert.Equal([new ConsumerLag(Topic, "group", 12_000)], await process.Log.ReadLagAsync(CancellationToken.None));
            await consumer.CommitAsync(records);
        }

        Assert.Equal([new ConsumerLag(Topic, "group", 6_000)], await process.Log.ReadLagAsync(CancellationToken.None));
        await using var member = process.Log.Join(Topic, "group");
        Assert.Equal([new ConsumerLag(Topic, "group", 6_000)], await process.Log.ReadLagAsync(CancellationToken.None));
    }

    [SkippableFact]
    public async Task A_new_group_is_behind_by_what_the_log_still_holds_and_not_by_what_it_ever_held()
    {
        await using var process = StartProcess();
        await process.Log.AppendAsync(Topic, [Event("a", 0)], CancellationToken.None);
        await store.QueryAsync("delete from event_log");
        await store.QueryAsync("update event_log_heads set next_offset = 3000000 where topic = 'file_processing'");
        await using var consumer = process.Log.Join(Topic, "group");
        var reading = consumer.ReadManyAsync(5);
        await Eventually.HoldsAsync("nothing is there, and nothing waits", async () => await process.Log.ReadLagAsync(CancellationToken.None) is [{ Group: "group", Records: 0 }]);

        await process.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 5).Select(static n => Event("a", n))], CancellationToken.None);
        await reading;

        await using var later = process.Log.Join(Topic, "later");
        var readingLater = later.ReadManyAsync(5);
        await Eventually.HoldsAsync("both are behind", async () => (await process.Log.ReadLagAsync(CancellationToken.None)) is [{ Records: 5 }, { Records: 5 }]);
        await readingLater;
    }

    [SkippableFact]
    public async Task New_partitions_without_records_are_not_behind_for_long()
    {
        await using (var process = StartProcess(new EmbeddedLogOptions { Partitions = 1 }))
        {
            await process.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 12_000).Select(static n => Event("a", n))], CancellationToken.None);
            await using var consumer = process.Log.Join(Topic, "group");
            await consumer.CommitAsync(await consumer.ReadManyAsync(12_000));
        }

        await using var grown = StartProcess(new EmbeddedLogOptions { Partitions = 4 });
        await using var member = grown.Log.Join(Topic, "group");
        using var stop = new CancellationTokenSource();
        var reading = member.ReadAsync(1_000, stop.Token);
        await Eventually.HoldsAsync("it has joined", async () => (await store.QueryAsync("select 1 from consumer_offsets where log_partition >= 0")).Count == 4);

        await Eventually.HoldsAsync("nothing waits", async () => (await grown.Log.ReadLagAsync(CancellationToken.None)) is [{ Records: 0 }]);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [SkippableFact]
    public async Task Outbox_rows_that_a_group_has_not_read_are_its_lag_too()
    {
        await using var process = StartProcess();
        var (conversation, user) = await ArrangeAsync();
        await process.Conversations.AppendAsync([Append(conversation, 0, [.. Enumerable.Range(1, 9).Select(seq => Message(conversation, seq, user))])], CancellationToken.None);
        await using (var consumer = process.Log.Join(Topics.MessageProcessing, "router"))
        {
            await consumer.CommitAsync((await consumer.ReadManyAsync(9)).Take(2));
        }

        Assert.Equal([new ConsumerLag(Topics.MessageProcessing, "router", 7)], await process.Log.ReadLagAsync(CancellationToken.None));
    }

    private protected EmbeddedProcess StartProcess(EmbeddedLogOptions? options = null, TimeProvider? time = null)
    {
        store.Require();
        return EmbeddedProcess.Start(store, options, time);
    }

    protected async Task<(string Conversation, string User)> ArrangeAsync()
    {
        var users = await store.Users.AddUsersAsync(2);
        return ((await store.Conversations.AddConversationAsync(users)).ConversationId, users[0]);
    }
}
