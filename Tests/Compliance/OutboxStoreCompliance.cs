using System.Text.Json;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Infrastructure.Stores;
using Xunit;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>What every <see cref="IOutboxStore"/> must do.</summary>
public abstract class OutboxStoreCompliance(StoreFixture fixture)
{
    private IOutboxStore Outbox => fixture.Outbox;

    [SkippableFact]
    public async Task Unpublished_rows_are_loaded_by_seq()
    {
        var (id, sent) = await ArrangeAsync(5);

        var loaded = await Outbox.LoadUnpublishedAsync(id, 3, CancellationToken.None);

        Assert.Equal([1L, 2L, 3L], loaded.Select(static row => row.Seq));
        Assert.Equal(sent[..3].Select(static m => m.Outbox.Id), loaded.Select(static row => row.Id));
        var (row, message) = (loaded[1], sent[1]);
        Assert.Equal(
            (id, message.Outbox.AggregateId, message.Outbox.EventType, message.Message.CreatedAt), (row.ConversationId, row.AggregateId, row.EventType, row.CreatedAt));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(message.Outbox.Payload.Span), JsonElement.Parse(row.Payload.Span)));
    }

    [SkippableFact]
    public async Task Marked_rows_are_no_longer_loaded_and_keep_the_time_of_the_first_mark()
    {
        var (id, _) = await ArrangeAsync(3);
        var rows = await Outbox.LoadUnpublishedAsync(id, 10, CancellationToken.None);
        var unknown = rows[0] with { Id = Guid.CreateVersion7() };

        await Outbox.MarkPublishedAsync([rows[2], unknown, rows[0]], Start.AddHours(1), CancellationToken.None);
        await Outbox.MarkPublishedAsync([rows[0]], Start.AddHours(2), CancellationToken.None);
        await Outbox.MarkPublishedAsync([], Start, CancellationToken.None);

        Assert.Equal([2L], (await Outbox.LoadUnpublishedAsync(id, 10, CancellationToken.None)).Select(static row => row.Seq));
        var marked = await fixture.QueryAsync($"select count(*) from outbox_events where conversation_id = '{id}' and published_at = '2026-01-02T04:04:05.000000Z'");
        Assert.Equal(2L, marked[0][0]);
    }

    [SkippableFact]
    public async Task A_failed_attempt_is_counted_and_its_error_kept()
    {
        var (id, _) = await ArrangeAsync(2);
        var rows = await Outbox.LoadUnpublishedAsync(id, 10, CancellationToken.None);

        await Outbox.RecordFailureAsync([rows[0]], "first", CancellationToken.None);
        await Outbox.RecordFailureAsync(rows, "second", CancellationToken.None);

        var stored = await fixture.QueryAsync($"select version, error_message from outbox_events where conversation_id = '{id}' order by seq");
        Assert.Equal([3L, 2L], stored.Select(static row => Convert.ToInt64(row[0], null)));
        Assert.All(stored, static row => Assert.Equal("second", row[1]));
    }

    [SkippableFact]
    public async Task Conversations_that_a_crash_left_behind_are_listed_once()
    {
        var long_ago = Start.AddYears(-3);
        var (stale, _) = await ArrangeAsync(2, long_ago);
        var (other, _) = await ArrangeAsync(2, long_ago);
        var (fresh, _) = await ArrangeAsync(2);

        var listed = await Outbox.ListStaleConversationsAsync(long_ago.AddSeconds(10), "", 10_000, CancellationToken.None);

        Assert.Single(listed, stale);
        Assert.Single(listed, other);
        Assert.DoesNotContain(fresh, listed);
        Assert.Equal(listed.Order(StringComparer.Ordinal), listed);
        Assert.Equal(listed.Skip(1), await Outbox.ListStaleConversationsAsync(long_ago.AddSeconds(10), listed[0], 10_000, CancellationToken.None));
        Assert.Equal(listed.Take(1), await Outbox.ListStaleConversationsAsync(long_ago.AddSeconds(10), "", 1, CancellationToken.None));
    }

    [SkippableFact]
    public async Task Rows_of_one_seq_are_loaded_by_time_and_only_an_old_one_among_them_makes_a_conversation_stale()
    {
        var long_ago = Start.AddYears(-3);
        var (id, _) = await ArrangeAsync(2);
        await fixture.QueryAsync($"update outbox_events set seq = 1, created_at = '2026-01-02T03:00:00.000000Z' where conversation_id = '{id}' and seq = 2");

        var loaded = await Outbox.LoadUnpublishedAsync(id, 10, CancellationToken.None);

        Assert.Equal([1L, 1L], loaded.Select(static row => row.Seq));
        Assert.True(loaded[0].CreatedAt < loaded[1].CreatedAt);
        Assert.DoesNotContain(id, await Outbox.ListStaleConversationsAsync(long_ago, "", 10_000, CancellationToken.None));
    }

    [SkippableFact]
    public async Task Unpublished_rows_are_counted()
    {
        var (id, _) = await ArrangeAsync(3);
        var rows = await Outbox.LoadUnpublishedAsync(id, 10, CancellationToken.None);
        var before = await Outbox.CountUnpublishedAsync(CancellationToken.None);

        await Outbox.MarkPublishedAsync(rows, Start, CancellationToken.None);

        Assert.True(before >= 3);
        Assert.Equal(before - 3, await Outbox.CountUnpublishedAsync(CancellationToken.None));
    }

    [SkippableFact]
    public async Task Published_rows_past_their_time_are_deleted_in_chunks()
    {
        var long_ago = Start.AddYears(-9);
        var (id, _) = await ArrangeAsync(5, long_ago);
        var rows = await Outbox.LoadUnpublishedAsync(id, 10, CancellationToken.None);
        await Outbox.MarkPublishedAsync([.. rows.Take(3)], long_ago.AddMinutes(1), CancellationToken.None);
        await Outbox.MarkPublishedAsync([rows[3]], long_ago.AddMinutes(3), CancellationToken.None);
        var before = long_ago.AddMinutes(2);

        Assert.Equal(2, await Outbox.DeletePublishedAsync(before, 2, CancellationToken.None));
        Assert.Equal(1, await Outbox.DeletePublishedAsync(before, 2, CancellationToken.None));
        Assert.Equal(0, await Outbox.DeletePublishedAsync(before, 2, CancellationToken.None));

        var left = await fixture.QueryAsync($"select seq from outbox_events where conversation_id = '{id}' order by seq");
        Assert.Equal([4L, 5L], left.Select(static row => (long)row[0]!));
    }

    [SkippableFact]
    public async Task A_row_that_was_published_late_is_deleted_late()
    {
        var long_ago = Start.AddYears(-4);
        var (id, _) = await ArrangeAsync(1, long_ago);
        var rows = await Outbox.LoadUnpublishedAsync(id, 10, CancellationToken.None);
        await Outbox.MarkPublishedAsync(rows, long_ago.AddYears(1), CancellationToken.None);

        await Outbox.DeletePublishedAsync(long_ago.AddMonths(6), 100, CancellationToken.None);

        Assert.Single(await fixture.QueryAsync($"select 1 from outbox_events where conversation_id = '{id}'"));
    }

    private async Task<(string Id, NewMessage[] Sent)> ArrangeAsync(int count, DateTimeOffset? at = null)
    {
        fixture.Require();
        var users = await fixture.Users.AddUsersAsync(3);
        var id = (await fixture.Conversations.AddConversationAsync(users)).ConversationId;
        var messages = Enumerable.Range(1, count).Select(seq => Message(id, seq, users[0], at: at?.AddSeconds(seq))).ToArray();
        await fixture.Conversations.AppendAsync([Append(id, 0, messages)], CancellationToken.None);
        return (id, messages);
    }
}
