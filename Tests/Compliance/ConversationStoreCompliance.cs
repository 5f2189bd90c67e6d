using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Infrastructure.Stores;
using Xunit;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>What every <see cref="IConversationStore"/> must do with appends: the fence, the ids, all or nothing.</summary>
public abstract class ConversationStoreCompliance(StoreFixture fixture)
{
    private IConversationStore Store => fixture.Conversations;

    private IConversationReader Reader => fixture.Reader;

    [SkippableFact]
    public async Task A_batch_is_written_with_its_outbox_rows_heads_and_cursors()
    {
        var (conversation, members) = await ArrangeAsync();
        var message = Message(conversation, 1, members[0], channels: Channels.WhatsApp | Channels.Telegram, text: "é 漢 \U0001F600");
        var full = message with
        {
            Message = message.Message with { To = members[1], ReplyTo = "other", Metadata = """{"a": 1}""", Priority = MessagePriority.High },
        };

        var conflicts = await Store.AppendAsync([Append(conversation, 0, full)], CancellationToken.None);

        Assert.True(conflicts.Committed);
        Assert.Equal(full.Message, await Reader.FindMessageAsync(full.Message.MessageId, CancellationToken.None));
        var record = await Store.LoadAsync(conversation, CancellationToken.None);
        Assert.Equal((1L, full.Message.CreatedAt), (record!.LastSeq, record.LastActivityAt));
        Assert.Equal([1L, 0L, 0L], record.Members.Select(static member => member.LastReadSeq));
        var outbox = Assert.Single(await fixture.Outbox.LoadUnpublishedAsync(conversation, 10, CancellationToken.None));
        Assert.Equal((full.Outbox.Id, full.Message.MessageId, 1L), (outbox.Id, outbox.AggregateId, outbox.Seq));
    }

    [SkippableFact]
    public async Task A_stale_fence_rolls_the_whole_batch_back_and_is_named()
    {
        var (stale, members) = await ArrangeAsync();
        var (fresh, others) = await ArrangeAsync();
        await Store.SendAsync(stale, 0, members[0]);
        var messages = (Message(stale, 1, members[1]), Message(fresh, 1, others[0]));

        var conflicts = await Store.AppendAsync([Append(fresh, 0, messages.Item2), Append(stale, 0, messages.Item1)], CancellationToken.None);

        Assert.Equal([stale], conflicts.FencedConversations);
        Assert.Empty(conflicts.ExistingMessages);
        Assert.Null(await Reader.FindMessageAsync(messages.Item2.Message.MessageId, CancellationToken.None));
        Assert.Equal(0, (await Store.LoadAsync(fresh, CancellationToken.None))!.LastSeq);
        Assert.Empty(await fixture.Outbox.LoadUnpublishedAsync(fresh, 10, CancellationToken.None));
    }

    [SkippableFact]
    public async Task A_fence_ahead_of_the_head_and_an_unknown_conversation_are_fenced_too()
    {
        var (conversation, members) = await ArrangeAsync();
        var unknown = NewId("conv");

        var conflicts = await Store.AppendAsync(
            [Append(conversation, 4, Message(conversation, 5, members[0])), Append(unknown, 0, Message(unknown, 1, members[0]))], CancellationToken.None);

        Assert.Equal(new[] { conversation, unknown }.Order(), conflicts.FencedConversations.Order());
    }

    [SkippableFact]
    public async Task An_id_that_exists_rolls_the_whole_batch_back_and_comes_with_its_stored_row()
    {
        var (conversation, members) = await ArrangeAsync();
        var (other, others) = await ArrangeAsync();
        var stored = (await Store.SendAsync(conversation, 0, members[0]))[0].Message;
        var again = Message(other, 1, others[0], id: stored.MessageId);
        var innocent = Message(other, 2, others[1]);

        var conflicts = await Store.AppendAsync([Append(other, 0, again, innocent)], CancellationToken.None);

        Assert.Empty(conflicts.FencedConversations);
        Assert.Equal([stored], conflicts.ExistingMessages);
        Assert.Null(await Reader.FindMessageAsync(innocent.Message.MessageId, CancellationToken.None));
        Assert.Equal(0, (await Store.LoadAsync(other, CancellationToken.None))!.LastSeq);
    }

    [SkippableFact]
    public async Task Fences_and_ids_in_one_batch_are_all_named()
    {
        var (stale, staleMembers) = await ArrangeAsync();
        var (repeated, members) = await ArrangeAsync();
        await Store.SendAsync(stale, 0, staleMembers[0]);
        var stored = await Store.SendAsync(repeated, 0, members[0], members[1]);

        var conflicts = await Store.AppendAsync(
            [
                Append(repeated, 2, Message(repeated, 3, members[0], id: stored[0].Message.MessageId), Message(repeated, 4, members[0], id: stored[1].Message.MessageId)),
                Append(stale, 0, Message(stale, 1, staleMembers[0])),
            ],
            CancellationToken.None);

        Assert.Equal([stale], conflicts.FencedConversations);
        Assert.Equal(stored.Select(static m => m.Message), conflicts.ExistingMessages.OrderBy(static m => m.Seq));
    }

    [SkippableFact]
    public async Task A_batch_of_500_messages_over_100_conversations_is_written()
    {
        fixture.Require();
        var users = await fixture.Users.AddUsersAsync(3);
        var batch = new List<ConversationAppend>();
        for (var i = 0; i < 100; i++)
        {
            var id = (await Store.AddConversationAsync(users)).ConversationId;
            batch.Add(Append(id, 0, [.. Enumerable.Range(1, 5).Select(seq => Message(id, seq, users[seq % 3]))]));
        }

        Assert.True((await Store.AppendAsync(batch, CancellationToken.None)).Committed);

        foreach (var append in batch)
        {
            var messages = await Reader.ListAfterAsync(append.ConversationId, 0, long.MaxValue, 100, CancellationToken.None);
            Assert.Equal(append.Messages.Select(static m => m.Message), messages);
            var record = await Store.LoadAsync(append.ConversationId, CancellationToken.None);
            Assert.Equal([3L, 4L, 5L], record!.Members.Select(static member => member.LastReadSeq));
        }
    }

    [SkippableFact]
    public async Task Members_join_and_leave_with_their_system_messages()
    {
        var (conversation, members) = await ArrangeAsync();
        var newcomer = (await fixture.Users.AddUsersAsync(1))[0];
        await Store.SendAsync(conversation, 0, members[0]);
        var append = new ConversationAppend
        {
            ConversationId = conversation,
            ExpectedLastSeq = 1,
            Messages = [Message(conversation, 2, null), Message(conversation, 3, null)],
            MemberChanges = [new MemberChange(newcomer, true, MemberRole.Member, 2, Start), new MemberChange(members[1], false, MemberRole.Member, 3, Start)],
        };

        Assert.True((await Store.AppendAsync([append], CancellationToken.None)).Committed);

        var record = await Store.LoadAsync(conversation, CancellationToken.None);
        Assert.Equal([members[0], members[2], newcomer], record!.Members.Select(static member => member.UserId));
        Assert.Equal(new MemberRecord(newcomer, MemberRole.Member, 2, 2), record.Members[2]);
    }

    [SkippableFact]
    public async Task Joining_again_only_changes_the_role()
    {
        var (conversation, members) = await ArrangeAsync();
        var append = new ConversationAppend
        {
            ConversationId = conversation,
            ExpectedLastSeq = 0,
            Messages = [Message(conversation, 1, null)],
            MemberChanges = [new MemberChange(members[1], true, MemberRole.Owner, 1, Start)],
        };

        Assert.True((await Store.AppendAsync([append], CancellationToken.None)).Committed);

        var record = await Store.LoadAsync(conversation, CancellationToken.None);
        Assert.Equal(new MemberRecord(members[1], MemberRole.Owner, 0, 0), record!.Members[1]);
    }

    [SkippableFact]
    public async Task A_fenced_batch_leaves_the_members_as_they_were()
    {
        var (conversation, members) = await ArrangeAsync();
        await Store.SendAsync(conversation, 0, members[0]);
        var append = new ConversationAppend
        {
            ConversationId = conversation,
            ExpectedLastSeq = 0,
            Messages = [Message(conversation, 1, null)],
            MemberChanges = [new MemberChange(members[1], false, MemberRole.Member, 1, Start)],
        };

        Assert.Equal([conversation], (await Store.AppendAsync([append], CancellationToken.None)).FencedConversations);

        Assert.Equal(3, (await Store.LoadAsync(conversation, CancellationToken.None))!.Members.Count);
    }

    [SkippableFact]
    public async Task Of_many_appends_at_once_behind_the_same_head_one_wins()
    {
        var (conversation, members) = await ArrangeAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => Store.AppendAsync([Append(conversation, 0, Message(conversation, 1, members[0]))], CancellationToken.None))));

        Assert.Single(outcomes, static outcome => outcome.Committed);
        Assert.Equal(7, outcomes.Count(outcome => outcome.FencedConversations.SequenceEqual([conversation])));
        Assert.Single(await Reader.ListAfterAsync(conversation, 0, long.MaxValue, 10, CancellationToken.None));
    }

    [SkippableFact]
    public async Task Of_many_appends_at_once_with_the_same_id_one_wins()
    {
        var (one, members) = await ArrangeAsync();
        var (other, others) = await ArrangeAsync();
        var id = NewId("msg");

        var outcomes = await Task.WhenAll(
            Task.Run(() => Store.AppendAsync([Append(one, 0, Message(one, 1, members[0], id))], CancellationToken.None)),
            Task.Run(() => Store.AppendAsync([Append(other, 0, Message(other, 1, others[0], id))], CancellationToken.None)));

        Assert.Single(outcomes, static outcome => outcome.Committed);
        Assert.Equal(id, Assert.Single(outcomes.Single(static outcome => !outcome.Committed).ExistingMessages).MessageId);
    }

    [SkippableFact]
    public async Task Batches_that_share_conversations_in_any_order_never_block_each_other_for_good()
    {
        var (one, members) = await ArrangeAsync();
        var (other, others) = await ArrangeAsync();
        string[] ids = [one, other];
        string[] senders = [members[0], others[0]];

        async Task SendAsync(int first)
        {
            for (var sent = 0; sent < 20;)
            {
                var batch = new List<ConversationAppend>();
                foreach (var i in new[] { first, 1 - first })
                {
                    var head = (await Reader.FindAsync(ids[i], CancellationToken.None))!.LastSeq;
                    batch.Add(Append(ids[i], head, Message(ids[i], head + 1, senders[i])));
                }

                sent += (await Store.AppendAsync(batch, CancellationToken.None)).Committed ? 1 : 0;
            }
        }

        await Task.WhenAll(Task.Run(() => SendAsync(0)), Task.Run(() => SendAsync(1)), Task.Run(() => SendAsync(0)), Task.Run(() => SendAsync(1)));

        Assert.Equal(80, (await Store.LoadAsync(one, CancellationToken.None))!.LastSeq);
        Assert.Equal(80, (await Store.LoadAsync(other, CancellationToken.None))!.LastSeq);
    }

    private async Task<(string Id, string[] Members)> ArrangeAsync()
    {
        fixture.Require();
        var members = await fixture.Users.AddUsersAsync(3);
        return ((await Store.AddConversationAsync(members)).ConversationId, members);
    }
}
