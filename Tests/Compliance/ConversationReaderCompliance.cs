using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Infrastructure.Stores;
using Xunit;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>What every <see cref="IConversationReader"/> must answer.</summary>
public abstract class ConversationReaderCompliance(StoreFixture fixture)
{
    private IConversationReader Reader => fixture.Reader;

    [SkippableFact]
    public async Task Conversations_are_listed_by_activity_and_page_by_position_and_by_offset()
    {
        var user = await ArrangeUserAsync();
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            var id = await AddGroupAsync(user);
            ids.Add(id);
            await fixture.Conversations.AppendAsync([Append(id, 0, Message(id, 1, user, at: Start.AddMinutes(i / 2)))], CancellationToken.None);
        }

        // Two at a time share a minute: within it the greater id comes first.
        var expected = ids.Select((id, i) => (id, at: i / 2)).OrderByDescending(static x => x.at).ThenByDescending(static x => x.id, StringComparer.Ordinal)
            .Select(static x => x.id).ToList();

        var paged = new List<string>();
        ListPosition? position = null;
        while (await Reader.ListAsync(user, position, 0, 2, CancellationToken.None) is { Count: > 0 } page)
        {
            paged.AddRange(page.Select(static summary => summary.Conversation.ConversationId));
            position = new ListPosition(page[^1].Conversation.LastActivityAt, page[^1].Conversation.ConversationId);
        }

        Assert.Equal(expected, paged);
        Assert.Equal(expected, (await Reader.ListAsync(user, null, 0, 100, CancellationToken.None)).Select(static summary => summary.Conversation.ConversationId));
        Assert.Equal(expected[3..5], (await Reader.ListAsync(user, null, 3, 2, CancellationToken.None)).Select(static summary => summary.Conversation.ConversationId));
    }

    [SkippableFact]
    public async Task A_summary_has_members_the_last_message_the_cursor_and_what_is_unread_without_system_messages()
    {
        var user = await ArrangeUserAsync();
        var others = await fixture.Users.AddUsersAsync(2);
        var id = (await fixture.Conversations.AddConversationAsync(others[0], others[1], user)).ConversationId;
        var sent = await fixture.Conversations.SendAsync(id, 0, others[0], null, others[1], others[1], null, others[0]);
        await fixture.Conversations.AdvanceReadCursorAsync(id, user, 2, Start, CancellationToken.None);

        var summary = Assert.Single(await Reader.ListAsync(user, null, 0, 10, CancellationToken.None));

        Assert.Equal(sent[^1].Message, summary.LastMessage);
        Assert.Equal((2L, 3L, 6L), (summary.LastReadSeq, summary.UnreadCount, summary.Conversation.LastSeq));
        Assert.Equal([others[0], others[1], user], summary.Conversation.Members.Select(static member => member.UserId));
        Assert.Equal([6L, 4L, 2L], summary.Conversation.Members.Select(static member => member.LastReadSeq));
    }

    [SkippableFact]
    public async Task An_empty_conversation_is_listed_without_a_message()
    {
        var user = await ArrangeUserAsync();
        await AddGroupAsync(user);

        var summary = Assert.Single(await Reader.ListAsync(user, null, 0, 10, CancellationToken.None));

        Assert.Null(summary.LastMessage);
        Assert.Equal((0L, 0L), (summary.LastReadSeq, summary.UnreadCount));
        Assert.Equal(3, summary.Conversation.Members.Count);
    }

    [SkippableFact]
    public async Task Heads_are_found_for_a_user_and_where_they_are_above_what_is_known()
    {
        var user = await ArrangeUserAsync();
        var (one, other, foreign) = (await AddGroupAsync(user), await AddGroupAsync(user), await AddGroupAsync(await ArrangeUserAsync()));
        await fixture.Conversations.SendAsync(one, 0, user, user);

        var own = await Reader.ListHeadsAsync(user, CancellationToken.None);
        var asked = await Reader.FindNewHeadsAsync([new(one, 1), new(other, 0), new(foreign, -1), new(NewId("conv"), 0)], CancellationToken.None);

        Assert.Equivalent(new[] { new ConversationHead(one, 2), new ConversationHead(other, 0) }, own, strict: true);
        Assert.Equivalent(new[] { new ConversationHead(one, 2), new ConversationHead(foreign, 0) }, asked, strict: true);
        Assert.Empty(await Reader.FindNewHeadsAsync([new(one, 2), new(other, 7)], CancellationToken.None));
        Assert.Empty(await Reader.FindNewHeadsAsync([], CancellationToken.None));
        Assert.Empty(await Reader.ListHeadsAsync(NewId("user"), CancellationToken.None));
    }

    [SkippableFact]
    public async Task Contacts_are_the_others_of_all_conversations_once()
    {
        var user = await ArrangeUserAsync();
        var others = await fixture.Users.AddUsersAsync(3);
        await fixture.Conversations.AddConversationAsync(user, others[0], others[1]);
        await fixture.Conversations.AddConversationAsync(others[1], user, others[2]);

        Assert.Equal(others.Order(StringComparer.Ordinal), (await Reader.ListContactsAsync(user, 10, CancellationToken.None)).Order(StringComparer.Ordinal));
        Assert.Equal(2, (await Reader.ListContactsAsync(user, 2, CancellationToken.None)).Count);
    }

    [SkippableTheory]
    [InlineData(0, long.MaxValue, 100, 1, 10)]
    [InlineData(4, long.MaxValue, 100, 5, 10)]
    [InlineData(4, 8, 100, 5, 8)]
    [InlineData(4, 8, 2, 5, 6)]
    [InlineData(10, long.MaxValue, 100, 0, -1)]
    [InlineData(8, 4, 100, 0, -1)]
    public async Task Messages_are_listed_behind_a_seq(long afterSeq, long upToSeq, int limit, long first, long last)
    {
        var user = await ArrangeUserAsync();
        var id = await AddGroupAsync(user);
        await fixture.Conversations.SendAsync(id, 0, [.. Enumerable.Repeat(user, 10)]);

        var listed = await Reader.ListAfterAsync(id, afterSeq, upToSeq, limit, CancellationToken.None);

        Assert.Equal(Range(first, last), listed.Select(static message => message.Seq));
    }

    [SkippableTheory]
    [InlineData(long.MaxValue, 3, 8, 10)]
    [InlineData(6, 3, 3, 5)]
    [InlineData(3, 100, 1, 2)]
    [InlineData(1, 100, 0, -1)]
    public async Task Messages_are_listed_before_a_seq(long beforeSeq, int limit, long first, long last)
    {
        var user = await ArrangeUserAsync();
        var id = await AddGroupAsync(user);
        await fixture.Conversations.SendAsync(id, 0, [.. Enumerable.Repeat(user, 10)]);

        var listed = await Reader.ListBeforeAsync(id, beforeSeq, limit, CancellationToken.None);

        Assert.Equal(Range(first, last), listed.Select(static message => message.Seq));
    }

    [SkippableFact]
    public async Task Resume_points_lie_just_before_the_first_message_that_is_newer()
    {
        var user = await ArrangeUserAsync();
        var (missed, seen, fresh, empty) = (await AddGroupAsync(user), await AddGroupAsync(user), await AddGroupAsync(user), await AddGroupAsync(user));
        var since = Start.AddMinutes(1);
        await AppendAtAsync(missed, user, since.AddSeconds(-2), since, since.AddMicroseconds(1), since.AddSeconds(5));
        await AppendAtAsync(seen, user, since.AddSeconds(-5), since);
        await AppendAtAsync(fresh, user, since.AddSeconds(1));

        var points = await Reader.ListResumePointsAsync(user, since, CancellationToken.None);

        Assert.Equivalent(new[] { new ResumePoint(missed, 2, 4), new ResumePoint(fresh, 0, 1) }, points, strict: true);
        Assert.DoesNotContain(points, point => point.ConversationId == empty);
    }

    [SkippableFact]
    public async Task Status_changes_of_older_messages_are_listed_oldest_first()
    {
        var user = await ArrangeUserAsync();
        var id = await AddGroupAsync(user);
        var since = Start.AddMinutes(1);
        await AppendAtAsync(id, user, since.AddSeconds(-3), since.AddSeconds(-2), since.AddSeconds(-1), since.AddSeconds(1));
        var sent = await Reader.ListAfterAsync(id, 0, long.MaxValue, 10, CancellationToken.None);
        await SetStatusAsync(sent[0], since.AddSeconds(9));
        await SetStatusAsync(sent[1], since.AddSeconds(3));
        await SetStatusAsync(sent[2], since.AddSeconds(-1));
        await SetStatusAsync(sent[3], since.AddSeconds(4));

        var changes = await Reader.ListStatusChangesAsync(user, since, null, 10, CancellationToken.None);

        Assert.Equal([2L, 1L], changes.Select(static message => message.Seq));
        Assert.Equal((MessageStatus.Read, since.AddSeconds(3)), (changes[0].Status, changes[0].StatusAt));
    }

    [SkippableFact]
    public async Task Changes_are_listed_page_by_page_also_those_of_one_moment()
    {
        var user = await ArrangeUserAsync();
        var others = new[] { await ArrangeUserAsync(), await ArrangeUserAsync(), await ArrangeUserAsync() };
        var id = (await fixture.Conversations.AddConversationAsync([user, .. others])).ConversationId;
        var since = Start.AddMinutes(1);
        await AppendAtAsync(id, user, [.. Enumerable.Range(1, 5).Select(i => since.AddSeconds(-i))]);
        foreach (var message in await Reader.ListAfterAsync(id, 0, long.MaxValue, 10, CancellationToken.None))
        {
            await SetStatusAsync(message, since.AddSeconds(1));
        }

        foreach (var other in others)
        {
            await fixture.Conversations.AdvanceReadCursorAsync(id, other, 3, since.AddSeconds(1), CancellationToken.None);
        }

        var statuses = new List<StoredMessage>();
        while (await Reader.ListStatusChangesAsync(user, since, statuses.LastOrDefault(), 2, CancellationToken.None) is { Count: > 0 } page)
        {
            statuses.AddRange(page);
        }

        var cursors = new List<CursorChange>();
        while (await Reader.ListCursorChangesAsync(user, since, cursors.Count == 0 ? null : cursors[^1], 2, CancellationToken.None) is { Count: > 0 } page)
        {
            cursors.AddRange(page);
        }

        Assert.Equal([1L, 2, 3, 4, 5], statuses.Select(static message => message.Seq).Order());
        Assert.Equal(others.Order(), cursors.Select(static change => change.UserId).Order());
    }

    [SkippableFact]
    public async Task Cursor_moves_are_listed_with_names_oldest_first()
    {
        var user = await ArrangeUserAsync();
        var named = NewId("user");
        await fixture.Users.CreateAsync(User(named, "Ada"), null, CancellationToken.None);
        var third = await ArrangeUserAsync();
        var id = (await fixture.Conversations.AddConversationAsync(user, named, third)).ConversationId;
        await fixture.Conversations.SendAsync(id, 0, user, user);
        var since = Start.AddMinutes(1);
        await fixture.Conversations.AdvanceReadCursorAsync(id, third, 2, since.AddSeconds(2), CancellationToken.None);
        await fixture.Conversations.AdvanceReadCursorAsync(id, named, 1, since.AddSeconds(1), CancellationToken.None);

        var changes = await Reader.ListCursorChangesAsync(user, since, null, 10, CancellationToken.None);

        Assert.Equal(
            [
                new CursorChange(id, named, "Ada", new ReadCursor(1, since.AddSeconds(1))),
                new CursorChange(id, third, $"name.{third}", new ReadCursor(2, since.AddSeconds(2))),
            ],
            changes);
        Assert.Single(await Reader.ListCursorChangesAsync(user, since, null, 1, CancellationToken.None));
    }

    [SkippableFact]
    public async Task Deliveries_are_listed_by_message_recipient_and_channel()
    {
        fixture.Require();
        var (one, other) = ($"a-{NewId("msg")}", $"b-{NewId("msg")}");
        foreach (var (message, recipient, channel) in new[] { (other, "r1", "telegram"), (one, "r2", "telegram"), (one, "r1", "whatsapp"), (one, "r1", "telegram") })
        {
            await fixture.QueryAsync(
                $"""
                insert into message_deliveries (message_id, recipient, channel, status, attempts, external_id, error, created_at, updated_at)
                values ('{message}', '{recipient}', '{channel}', 2, 3, 'ext', 'err', '2026-01-02T03:04:05.000000Z', '2026-01-02T03:04:05.000000Z')
                """);
        }

        var deliveries = await Reader.ListDeliveriesAsync([other, one, NewId("msg")], CancellationToken.None);

        Assert.Equal(
            [(one, "r1", "telegram"), (one, "r1", "whatsapp"), (one, "r2", "telegram"), (other, "r1", "telegram")],
            deliveries.Select(static delivery => (delivery.MessageId, delivery.Recipient, delivery.Channel)));
        Assert.Equal(
            new DeliveryRecord
            {
                MessageId = one, Recipient = "r1", Channel = "telegram", Status = MessageStatus.Delivered, Attempts = 3, ExternalId = "ext", Error = "err", UpdatedAt = Start,
            },
            deliveries[0]);
    }

    private async Task<string> ArrangeUserAsync()
    {
        fixture.Require();
        return (await fixture.Users.AddUsersAsync(1))[0];
    }

    private async Task<string> AddGroupAsync(string user)
    {
        var others = await fixture.Users.AddUsersAsync(2);
        return (await fixture.Conversations.AddConversationAsync(user, others[0], others[1])).ConversationId;
    }

    private async Task AppendAtAsync(string id, string user, params DateTimeOffset[] times) => await fixture.Conversations.AppendAsync(
        [Append(id, 0, [.. times.Select((at, i) => Message(id, i + 1, user, at: at))])], CancellationToken.None);

    private async Task SetStatusAsync(StoredMessage message, DateTimeOffset at) => await
        fixture.QueryAsync($"update messages set status = 3, status_at = '{at:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}' where id = '{message.MessageId}'");

    private static IEnumerable<long> Range(long first, long last)
    {
        for (var seq = first; seq <= last; seq++)
        {
            yield return seq;
        }
    }
}
