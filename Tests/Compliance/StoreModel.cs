using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Compliance;

/// <summary>What a store should hold, in the simplest form that can be right: lists in memory. The property test compares a real one with it.</summary>
internal sealed class StoreModel
{
    private readonly Dictionary<string, Conversation> _conversations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredMessage> _messages = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, Event> _events = [];

    public IReadOnlyCollection<string> ConversationIds => _conversations.Keys;

    public IReadOnlyCollection<StoredMessage> Messages => _messages.Values;

    public Conversation this[string id] => _conversations[id];

    public (Conversation Conversation, bool Created)? Create(NewConversation wanted)
    {
        var pair = wanted.Type == ConversationType.Private ? wanted.Members.Order(StringComparer.Ordinal).ToArray() : null;
        if (pair is not null && _conversations.Values.FirstOrDefault(c => c.Pair is { } other && other.SequenceEqual(pair)) is { } existing)
        {
            return (existing, false);
        }

        var conversation = new Conversation
        {
            Id = wanted.ConversationId, Type = wanted.Type, Pair = pair, Metadata = wanted.Metadata, CreatedAt = wanted.CreatedAt, LastActivityAt = wanted.CreatedAt,
        };
        conversation.Members.AddRange(wanted.Members.Select(static (id, i) => new Member(id) { Role = i == 0 ? MemberRole.Owner : MemberRole.Member }));
        return _conversations.TryAdd(wanted.ConversationId, conversation) ? (conversation, true) : null;
    }

    public AppendConflicts Append(IReadOnlyList<ConversationAppend> batch)
    {
        var fenced = batch.Where(append => !_conversations.TryGetValue(append.ConversationId, out var c) || c.LastSeq != append.ExpectedLastSeq)
            .Select(static append => append.ConversationId).ToList();
        var existing = batch.SelectMany(static append => append.Messages).Where(m => _messages.ContainsKey(m.Message.MessageId))
            .Select(m => _messages[m.Message.MessageId]).ToList();
        if (fenced.Count + existing.Count > 0)
        {
            return new AppendConflicts(fenced, existing);
        }

        foreach (var append in batch)
        {
            Apply(append);
        }

        return AppendConflicts.None;
    }

    public (ReadCursor Cursor, long Previous, IReadOnlyList<MessageKey> BecameRead)? Advance(string conversationId, string userId, long? upTo, DateTimeOffset now)
    {
        var conversation = _conversations[conversationId];
        if (conversation.Members.Find(m => m.UserId == userId) is not { } member)
        {
            return null;
        }

        var previous = member.LastReadSeq;
        var unread = Unread(conversation);
        var target = Math.Min(upTo ?? conversation.LastSeq, conversation.LastSeq);
        if (target > previous)
        {
            (member.LastReadSeq, member.LastReadAt) = (target, now);
        }

        var became = unread.Except(Unread(conversation)).OrderBy(static m => m.Seq).TakeLast(1000).Select(static m => new MessageKey(m.MessageId, m.Seq)).ToList();
        return (new ReadCursor(member.LastReadSeq, target > previous ? now : member.LastReadAt), previous, became);
    }

    /// <summary>Notes outbox rows whose ids the store gives.</summary>
    public void Tell(IEnumerable<StatusChange> changes)
    {
        foreach (var change in changes)
        {
            _events.Add(change.Outbox.Id, new Event { Id = change.Outbox.Id, ConversationId = change.ConversationId, Seq = change.Message.Seq });
        }
    }

    public IReadOnlyList<Event> Unpublished(string conversationId, int limit) =>
        [.. _events.Values.Where(e => e.ConversationId == conversationId && !e.Published).OrderBy(static e => e.Seq).Take(limit)];

    public long CountUnpublished() => _events.Values.Count(static e => !e.Published);

    public void Mark(IEnumerable<Guid> ids)
    {
        foreach (var id in ids)
        {
            _events[id].Published = true;
        }
    }

    public IEnumerable<StoredMessage> MessagesOf(string conversationId) => _messages.Values.Where(m => m.ConversationId == conversationId).OrderBy(static m => m.Seq);

    private void Apply(ConversationAppend append)
    {
        var conversation = _conversations[append.ConversationId];
        foreach (var (message, outbox) in append.Messages)
        {
            _messages.Add(message.MessageId, message);
            _events.Add(outbox.Id, new Event { Id = outbox.Id, ConversationId = message.ConversationId, Seq = message.Seq });
            (conversation.LastSeq, conversation.LastActivityAt) = (message.Seq, message.CreatedAt);
            if (conversation.Members.Find(m => m.UserId == message.SenderId) is { } sender && sender.LastReadSeq < message.Seq)
            {
                (sender.LastReadSeq, sender.LastReadAt) = (message.Seq, message.CreatedAt);
            }
        }

        foreach (var change in append.MemberChanges)
        {
            var member = conversation.Members.Find(m => m.UserId == change.UserId);
            if (!change.Joins)
            {
                conversation.Members.RemoveAll(m => m.UserId == change.UserId);
            }
            else if (member is not null)
            {
                member.Role = change.Role;
            }
            else
            {
                conversation.Members.Add(new Member(change.UserId) { Role = change.Role, JoinedSeq = change.Seq, LastReadSeq = change.Seq, LastReadAt = change.At });
            }
        }
    }

    /// <summary>In-app messages that somebody but the sender has not read.</summary>
    private List<StoredMessage> Unread(Conversation conversation) =>
        [.. MessagesOf(conversation.Id).Where(m => m.Kind != PayloadKind.System && m.Channels == Channels.Chat4All
            && conversation.Members.Exists(member => member.UserId != m.SenderId && member.LastReadSeq < m.Seq))];

    internal sealed class Conversation
    {
        public required string Id { get; init; }

        public required ConversationType Type { get; init; }

        public required string[]? Pair { get; init; }

        public required string Metadata { get; set; }

        public required DateTimeOffset CreatedAt { get; init; }

        public required DateTimeOffset LastActivityAt { get; set; }

        public long LastSeq { get; set; }

        public List<Member> Members { get; } = [];
    }

    internal sealed class Member(string userId)
    {
        public string UserId => userId;

        public required MemberRole Role { get; set; }

        public long JoinedSeq { get; init; }

        public long LastReadSeq { get; set; }

        public DateTimeOffset LastReadAt { get; set; } = StoreTestData.Start;
    }

    internal sealed class Event
    {
        public required Guid Id { get; init; }

        public required string ConversationId { get; init; }

        public required long Seq { get; init; }

        public bool Published { get; set; }
    }
}
