using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Infrastructure.Stores;
using Xunit;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>One generated history: each step does the same to the store and to the model and compares the answers.</summary>
internal sealed class StoreHistory(StoreFixture fixture, Random random)
{
    private readonly List<string> _users = [];
    private DateTimeOffset _now = Start;

    public StoreModel Model { get; } = new();

    public async Task StartAsync()
    {
        _users.AddRange(await fixture.Users.AddUsersAsync(6));
        for (var i = 0; i < 3; i++)
        {
            await CreateAsync();
        }
    }

    public Task StepAsync()
    {
        _now = _now.AddMicroseconds(random.Next(1, 5_000_000));
        return random.Next(20) switch
        {
            < 10 => AppendAsync(),
            < 12 => CreateAsync(),
            < 15 => ReadAsync(),
            < 17 => MarkAsync(),
            17 => PatchAsync(),
            _ => CompareOneAsync(Pick(Model.ConversationIds)),
        };
    }

    /// <summary>Compares everything that can be read.</summary>
    public async Task CompareAsync()
    {
        foreach (var id in Model.ConversationIds)
        {
            await CompareOneAsync(id);
        }

        foreach (var user in _users)
        {
            await CompareListAsync(user);
        }

        foreach (var message in Model.Messages)
        {
            Assert.Equal(message, await fixture.Reader.FindMessageAsync(message.MessageId, CancellationToken.None));
        }
    }

    private async Task CreateAsync()
    {
        var isPrivate = random.Next(2) == 0;
        var members = Shuffled(_users).Take(isPrivate ? 2 : random.Next(3, 6)).ToArray();
        var id = Model.ConversationIds.Count > 0 && random.Next(6) == 0 ? Pick(Model.ConversationIds) : NewId("conv");
        var wanted = new NewConversation(id, isPrivate ? ConversationType.Private : ConversationType.Group, members, $$"""{"n":{{random.Next()}}}""", _now);

        var expected = Model.Create(wanted);
        if (expected is not { } made)
        {
            var refusal = await Assert.ThrowsAsync<ChatException>(() => fixture.Conversations.CreateAsync(wanted, CancellationToken.None));
            Assert.Equal(ErrorCodes.ConversationIdConflict, refusal.Error.Code);
            return;
        }

        var (conversation, created) = await fixture.Conversations.CreateAsync(wanted, CancellationToken.None);
        Assert.Equal((made.Conversation.Id, made.Created), (conversation.ConversationId, created));
    }

    private async Task AppendAsync()
    {
        // Ids are distinct within a batch: that much the journal promises.
        var repeated = new HashSet<string>(StringComparer.Ordinal);
        var batch = Shuffled(Model.ConversationIds).Take(random.Next(1, 4)).Select(id => NewAppend(id, repeated)).ToList();
        var expected = Model.Append(batch);
        var actual = await fixture.Conversations.AppendAsync(batch, CancellationToken.None);

        Assert.Equal(expected.FencedConversations.Order(StringComparer.Ordinal), actual.FencedConversations.Order(StringComparer.Ordinal));
        Assert.Equal(Sorted(expected.ExistingMessages), Sorted(actual.ExistingMessages));
    }

    private ConversationAppend NewAppend(string id, HashSet<string> repeated)
    {
        var conversation = Model[id];
        var expected = random.Next(12) == 0 ? Math.Max(0, conversation.LastSeq + random.Next(-2, 3)) : conversation.LastSeq;
        var messages = new List<NewMessage>();
        var changes = new List<MemberChange>();
        var count = random.Next(1, 6);
        for (var seq = expected + 1; seq <= expected + count; seq++)
        {
            var at = (_now > conversation.LastActivityAt ? _now : conversation.LastActivityAt).AddMicroseconds(seq - expected);
            if (conversation.Type == ConversationType.Group && random.Next(8) == 0 && NewChange(conversation, seq, at) is { } change)
            {
                messages.Add(Message(id, seq, null, at: at));
                changes.Add(change);
                break;
            }

            messages.Add(NewMessage(conversation, seq, at, repeated));
        }

        return new ConversationAppend { ConversationId = id, ExpectedLastSeq = expected, Messages = messages, MemberChanges = changes };
    }

    private NewMessage NewMessage(StoreModel.Conversation conversation, long seq, DateTimeOffset at, HashSet<string> repeated)
    {
        string? id = null;
        if (Model.Messages.Count > 0 && random.Next(25) == 0 && Pick(Model.Messages) is { } known && repeated.Add(known.MessageId))
        {
            id = known.MessageId;
        }

        var sender = Pick(conversation.Members).UserId;
        var message = Message(conversation.Id, seq, sender, id, random.Next(2) == 0 ? Channels.Chat4All : Channels.WhatsApp, $"text {random.Next()}", at);
        return random.Next(4) == 0
            ? message with { Message = message.Message with { ReplyTo = "r", Metadata = "{\"k\":[1,2]}", To = sender, Priority = MessagePriority.Low } }
            : message;
    }

    private MemberChange? NewChange(StoreModel.Conversation conversation, long seq, DateTimeOffset at)
    {
        var user = Pick(_users);
        var isMember = conversation.Members.Exists(member => member.UserId == user);
        return isMember && conversation.Members.Count < 3
            ? null
            : new MemberChange(user, random.Next(3) == 0 || !isMember, random.Next(2) == 0 ? MemberRole.Owner : MemberRole.Member, seq, at);
    }

    private async Task ReadAsync()
    {
        var id = Pick(Model.ConversationIds);
        var user = Pick(_users);
        long? upTo = random.Next(3) == 0 ? null : random.Next(0, (int)Model[id].LastSeq + 3);

        var expected = Model.Advance(id, user, upTo, _now);
        var actual = await fixture.Conversations.AdvanceReadCursorAsync(id, user, upTo, _now, CancellationToken.None);

        Assert.Equal(expected is null, actual is null);
        if (expected is { } advance)
        {
            Assert.Equal((advance.Cursor.LastReadSeq, advance.Previous), (actual!.Cursor.LastReadSeq, actual.Previous));
            Assert.Equal(advance.BecameRead, actual.BecameRead.Select(static change => change.Message));
            Model.Tell(actual.BecameRead);
        }
    }

    private async Task MarkAsync()
    {
        var id = Pick(Model.ConversationIds);
        var limit = random.Next(1, 10);
        var expected = Model.Unpublished(id, limit);
        var loaded = await fixture.Outbox.LoadUnpublishedAsync(id, limit, CancellationToken.None);
        Assert.Equal(expected.Select(static e => (e.Id, e.Seq)), loaded.Select(static e => (e.Id, e.Seq)));

        var some = loaded.Where(_ => random.Next(4) > 0).ToList();
        Model.Mark(some.Select(static e => e.Id));
        await fixture.Outbox.MarkPublishedAsync(some, _now, CancellationToken.None);
    }

    private async Task PatchAsync()
    {
        var conversation = Model[Pick(Model.ConversationIds)];
        conversation.Metadata = $$"""{"patched":{{random.Next()}}}""";
        await fixture.Conversations.UpdateMetadataAsync(conversation.Id, conversation.Metadata, CancellationToken.None);
    }

    private async Task CompareOneAsync(string id)
    {
        var expected = Model[id];
        var actual = (await fixture.Conversations.LoadAsync(id, CancellationToken.None))!;
        Assert.Equal(
            (expected.Type, expected.Metadata, expected.LastSeq, expected.LastActivityAt, expected.CreatedAt),
            (actual.Type, actual.Metadata, actual.LastSeq, actual.LastActivityAt, actual.CreatedAt));
        Assert.Equal(expected.Members.Select(static m => new MemberRecord(m.UserId, m.Role, m.JoinedSeq, m.LastReadSeq)), actual.Members);
        Assert.Equal(Model.MessagesOf(id), await fixture.Reader.ListAfterAsync(id, 0, long.MaxValue, 10_000, CancellationToken.None));

        // seq is 1, 2, 3 … without gap or repeat, whatever was tried.
        Assert.Equal(Enumerable.Range(1, (int)expected.LastSeq).Select(static seq => (long)seq), Model.MessagesOf(id).Select(static m => m.Seq));
    }

    private async Task CompareListAsync(string user)
    {
        var expected = Model.ConversationIds.Select(id => Model[id]).Where(c => c.Members.Exists(m => m.UserId == user))
            .OrderByDescending(static c => c.LastActivityAt).ThenByDescending(static c => c.Id, StringComparer.Ordinal)
            .Select(c =>
            {
                var cursor = c.Members.Find(m => m.UserId == user)!.LastReadSeq;
                var unread = Model.MessagesOf(c.Id).Count(m => m.Seq > cursor && m.Kind != PayloadKind.System);
                return (c.Id, cursor, (long)unread, Model.MessagesOf(c.Id).LastOrDefault());
            });
        var actual = await fixture.Reader.ListAsync(user, null, 0, 100, CancellationToken.None);
        Assert.Equal(expected, actual.Select(static s => (s.Conversation.ConversationId, s.LastReadSeq, s.UnreadCount, s.LastMessage)));
    }

    private T Pick<T>(IReadOnlyCollection<T> from) => from.ElementAt(random.Next(from.Count));

    private T[] Shuffled<T>(IEnumerable<T> from) => [.. from.OrderBy(_ => random.Next())];

    private static IEnumerable<StoredMessage> Sorted(IEnumerable<StoredMessage> messages) => messages.OrderBy(static m => m.MessageId, StringComparer.Ordinal);
}
