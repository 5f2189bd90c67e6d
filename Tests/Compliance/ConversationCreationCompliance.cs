using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Infrastructure.Stores;
using Xunit;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>What every <see cref="IConversationStore"/> must do with conversations themselves and with read cursors.</summary>
public abstract class ConversationCreationCompliance(StoreFixture fixture)
{
    private IConversationStore Store => fixture.Conversations;

    [SkippableFact]
    public async Task A_new_conversation_keeps_its_members_order_and_its_first_member_owns_it()
    {
        var users = await ArrangeUsersAsync(4);
        var wanted = new NewConversation(NewId("conv"), ConversationType.Group, [users[2], users[0], users[3], users[1]], """{"name":"é"}""", Start);

        var (made, created) = await Store.CreateAsync(wanted, CancellationToken.None);

        Assert.True(created);
        Assert.Equal((wanted.ConversationId, ConversationType.Group, wanted.Metadata, 0L), (made.ConversationId, made.Type, made.Metadata, made.LastSeq));
        Assert.Equal((Start, Start), (made.CreatedAt, made.LastActivityAt));
        Assert.Equal(wanted.Members.Select((id, i) => new MemberRecord(id, i == 0 ? MemberRole.Owner : MemberRole.Member, 0, 0)), made.Members);
        var loaded = await Store.LoadAsync(wanted.ConversationId, CancellationToken.None);
        Assert.Equal(made with { Members = [] }, loaded! with { Members = [] });
        Assert.Equal(made.Members, loaded!.Members);
    }

    [SkippableFact]
    public async Task An_unknown_conversation_loads_as_null()
    {
        fixture.Require();

        Assert.Null(await Store.LoadAsync(NewId("conv"), CancellationToken.None));
        Assert.Null(await fixture.Reader.FindAsync(NewId("conv"), CancellationToken.None));
    }

    [SkippableFact]
    public async Task The_same_pair_in_either_order_gets_the_first_conversation()
    {
        var users = await ArrangeUsersAsync(2);
        var first = await Store.AddConversationAsync(users[0], users[1]);

        var (again, created) = await Store.CreateAsync(
            new NewConversation(NewId("conv"), ConversationType.Private, [users[1], users[0]], "{}", Start.AddDays(1)), CancellationToken.None);

        Assert.False(created);
        Assert.Equal(first.ConversationId, again.ConversationId);
        Assert.Equal(first.Members, again.Members);
    }

    [SkippableFact]
    public async Task Of_many_that_make_the_same_pair_at_once_one_does()
    {
        var users = await ArrangeUsersAsync(2);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Store.CreateAsync(
            new NewConversation(NewId("conv"), ConversationType.Private, users, "{}", Start), CancellationToken.None))));

        Assert.Single(outcomes, static outcome => outcome.Created);
        Assert.Single(outcomes.Select(static outcome => outcome.Conversation.ConversationId).Distinct());
    }

    [SkippableFact]
    public async Task A_taken_conversation_id_is_a_conflict()
    {
        var users = await ArrangeUsersAsync(5);
        var first = await Store.AddConversationAsync(users[..3]);

        var group = new NewConversation(first.ConversationId, ConversationType.Group, users[..3], "{}", Start);
        var pair = new NewConversation(first.ConversationId, ConversationType.Private, users[3..], "{}", Start);

        Assert.Equal(ErrorCodes.ConversationIdConflict, await CodeOfAsync(() => Store.CreateAsync(group, CancellationToken.None)));
        Assert.Equal(ErrorCodes.ConversationIdConflict, await CodeOfAsync(() => Store.CreateAsync(pair, CancellationToken.None)));
        Assert.Equal(first.Members, (await Store.LoadAsync(first.ConversationId, CancellationToken.None))!.Members);
    }

    [SkippableFact]
    public async Task A_member_that_is_unknown_or_deleted_is_refused()
    {
        var users = await ArrangeUsersAsync(3);
        await fixture.Users.DeleteAsync(users[2], Start, CancellationToken.None);

        Assert.Equal(ErrorCodes.UserNotFound, await CodeOfAsync(() => Store.AddConversationAsync(users[0], NewId("user"))));
        Assert.Equal(ErrorCodes.UserNotFound, await CodeOfAsync(() => Store.AddConversationAsync(users)));
        Assert.Empty(await fixture.Reader.ListHeadsAsync(users[0], CancellationToken.None));
    }

    [SkippableFact]
    public async Task Metadata_is_replaced()
    {
        var users = await ArrangeUsersAsync(3);
        var conversation = await Store.AddConversationAsync(users);

        await Store.UpdateMetadataAsync(conversation.ConversationId, """{ "name" : "x" }""", CancellationToken.None);

        Assert.Equal("""{ "name" : "x" }""", (await Store.LoadAsync(conversation.ConversationId, CancellationToken.None))!.Metadata);
    }

    [SkippableFact]
    public async Task A_read_cursor_moves_forward_to_the_head_at_most_and_never_back()
    {
        var users = await ArrangeUsersAsync(3);
        var id = (await Store.AddConversationAsync(users)).ConversationId;
        await Store.SendAsync(id, 0, users[0], users[0], users[0], users[0]);

        async Task<(long Cursor, long Previous)> AdvanceAsync(long? upTo)
        {
            var advance = await Store.AdvanceReadCursorAsync(id, users[1], upTo, Start.AddHours(upTo ?? 100), CancellationToken.None);
            return (advance!.Cursor.LastReadSeq, advance.Previous);
        }

        Assert.Equal((2, 0), await AdvanceAsync(2));
        Assert.Equal((2, 2), await AdvanceAsync(1));
        Assert.Equal((4, 2), await AdvanceAsync(99));
        Assert.Equal((4, 4), await AdvanceAsync(null));
        var record = await Store.LoadAsync(id, CancellationToken.None);
        Assert.Equal([4L, 4L, 0L], record!.Members.Select(static member => member.LastReadSeq));
    }

    [SkippableFact]
    public async Task A_cursor_that_did_not_move_keeps_its_time()
    {
        var users = await ArrangeUsersAsync(3);
        var id = (await Store.AddConversationAsync(users)).ConversationId;
        await Store.SendAsync(id, 0, users[0]);
        await Store.AdvanceReadCursorAsync(id, users[1], null, Start.AddHours(1), CancellationToken.None);

        var again = await Store.AdvanceReadCursorAsync(id, users[1], null, Start.AddHours(2), CancellationToken.None);

        Assert.Equal(new ReadCursor(1, Start.AddHours(1)), again!.Cursor);
    }

    [SkippableFact]
    public async Task Only_members_have_cursors()
    {
        var users = await ArrangeUsersAsync(4);
        var id = (await Store.AddConversationAsync(users[..3])).ConversationId;

        Assert.Null(await Store.AdvanceReadCursorAsync(id, users[3], null, Start, CancellationToken.None));
        Assert.Null(await Store.AdvanceReadCursorAsync(NewId("conv"), users[0], null, Start, CancellationToken.None));
    }

    [SkippableFact]
    public async Task A_message_became_read_when_the_last_member_but_its_sender_has_read_it()
    {
        var users = await ArrangeUsersAsync(3);
        var id = (await Store.AddConversationAsync(users)).ConversationId;
        var sent = await Store.SendAsync(id, 0, users[0], users[1], null, users[0]);

        async Task<IEnumerable<long>> ReadAsync(int user, long? upTo) =>
            (await Store.AdvanceReadCursorAsync(id, users[user], upTo, Start, CancellationToken.None))!.BecameRead.Select(static change => change.Message.Seq);

        // The sender of 1 and 4 has read everything; the sender of 2 has read up to 2.
        Assert.Equal([1L, 2L], await ReadAsync(2, 2));
        Assert.Empty(await ReadAsync(2, null));
        Assert.Equal([4L], await ReadAsync(1, null));
        Assert.Equal(4, sent.Length);
    }

    [SkippableFact]
    public async Task Messages_on_other_channels_never_become_read_by_cursors()
    {
        var users = await ArrangeUsersAsync(2);
        var id = (await Store.AddConversationAsync(users)).ConversationId;
        await Store.AppendAsync(
            [Append(id, 0, Message(id, 1, users[0], channels: Channels.WhatsApp), Message(id, 2, users[0], channels: Channels.WhatsApp | Channels.Chat4All), Message(id, 3, users[0]))],
            CancellationToken.None);

        var advance = await Store.AdvanceReadCursorAsync(id, users[1], null, Start, CancellationToken.None);

        Assert.Equal([3L], advance!.BecameRead.Select(static change => change.Message.Seq));
    }

    [SkippableFact]
    public async Task Messages_that_became_read_are_told_in_the_outbox_once()
    {
        var users = await ArrangeUsersAsync(4);
        var id = (await Store.AddConversationAsync(users[..3])).ConversationId;
        await Store.SendAsync(id, 0, users[0], users[0]);
        await Store.AdvanceReadCursorAsync(id, users[1], null, Start, CancellationToken.None);
        var before = await ReadEventsAsync(id);
        var advance = await Store.AdvanceReadCursorAsync(id, users[2], null, Start, CancellationToken.None);
        await Store.AdvanceReadCursorAsync(id, users[2], null, Start, CancellationToken.None);

        Assert.Empty(before);
        Assert.Equal(
            advance!.BecameRead.Select(static change => new object?[] { change.Message.MessageId, change.Message.Seq }), await ReadEventsAsync(id));
        Assert.Equal(2, advance.BecameRead.Count);
    }

    [SkippableFact]
    public async Task Of_many_messages_that_became_read_the_newest_1000_are_told()
    {
        var users = await ArrangeUsersAsync(2);
        var id = (await Store.AddConversationAsync(users)).ConversationId;
        await Store.SendAsync(id, 0, [.. Enumerable.Repeat(users[0], 1100)]);

        var advance = await Store.AdvanceReadCursorAsync(id, users[1], null, Start, CancellationToken.None);

        Assert.Equal(Enumerable.Range(101, 1000).Select(static seq => (long)seq), advance!.BecameRead.Select(static change => change.Message.Seq));
    }

    [SkippableFact]
    public async Task Of_two_members_that_read_the_last_message_at_once_one_is_told_that_it_became_read()
    {
        var users = await ArrangeUsersAsync(3);
        var id = (await Store.AddConversationAsync(users)).ConversationId;
        for (var seq = 0; seq < 20; seq++)
        {
            await Store.SendAsync(id, seq, users[0]);

            var told = await Task.WhenAll(users[1..].Select(user => Task.Run(
                () => Store.AdvanceReadCursorAsync(id, user, null, Start, CancellationToken.None))));

            Assert.Equal([seq + 1L], told.SelectMany(static advance => advance!.BecameRead).Select(static change => change.Message.Seq));
        }
    }

    private Task<IReadOnlyList<object?[]>> ReadEventsAsync(string conversationId) =>
        fixture.QueryAsync($"select aggregate_id, seq from outbox_events where conversation_id = '{conversationId}' and event_type = 'message.read' order by seq");

    private async Task<string[]> ArrangeUsersAsync(int count)
    {
        fixture.Require();
        return await fixture.Users.AddUsersAsync(count);
    }

    private static async Task<string> CodeOfAsync(Func<Task> call) => (await Assert.ThrowsAsync<ChatException>(call)).Error.Code;
}
