using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Journal;

/// <summary>
/// One numbering of a batch: each conversation's open drafts get the seqs behind its head, in queue order. A message id stands only once in an attempt; its repeats wait for the
/// first one's fate. Conversations are in id order, as the store locks them.
/// </summary>
internal sealed class BatchAttempt
{
    private readonly List<PendingAppend> _participants = [];
    private readonly SortedDictionary<string, Conversation> _conversations = new(StringComparer.Ordinal);

    public BatchAttempt(IEnumerable<PendingAppend> open, Dictionary<string, StoredMessage> known, DateTimeOffset now)
    {
        now = now.InMicroseconds();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var append in open)
        {
            if (!append.IsSettled && !append.Task.IsCompleted && !append.Appender.IsFenced && Join(append) is { } conversation)
            {
                Place(append, conversation, ids, known, now);
                _participants.Add(append);
            }
        }

        Appends = [.. _conversations.Values.Where(conversation => conversation.Rows.Count > 0).Select(conversation => conversation.ToAppend())];
    }

    public IReadOnlyList<ConversationAppend> Appends { get; }

    public IReadOnlyList<PendingAppend> Participants => _participants;

    public int MessageCount => Appends.Sum(append => append.Messages.Count);

    /// <summary>Everything was written: heads move, drafts have their answers.</summary>
    public void Commit(Dictionary<string, StoredMessage> known)
    {
        foreach (var conversation in _conversations.Values)
        {
            if (conversation.Rows.Count > 0)
            {
                conversation.Appender.Head = conversation.NextSeq - 1;
                conversation.Appender.LastActivityAt = conversation.LastAt;
            }
        }

        foreach (var append in _participants)
        {
            for (var i = 0; i < append.Drafts.Length; i++)
            {
                if (append.Placed(i) is { } row)
                {
                    known[row.Message.MessageId] = row.Message;
                }
            }

            append.Commit();
        }

        SettleKnown(known);
    }

    /// <summary>Nothing was written: fences stale conversations, settles duplicates; answers who conflicted.</summary>
    public IReadOnlySet<string> Apply(AppendConflicts conflicts, Dictionary<string, StoredMessage> known)
    {
        var conflicting = conflicts.FencedConversations.ToHashSet();
        foreach (var id in conflicts.FencedConversations)
        {
            _conversations[id].Appender.Fence();
        }

        foreach (var message in conflicts.ExistingMessages)
        {
            known[message.MessageId] = message;
        }

        foreach (var append in _participants)
        {
            for (var i = 0; i < append.Drafts.Length; i++)
            {
                append.Place(i, null);
                if (known.ContainsKey(append.Drafts[i].MessageId))
                {
                    conflicting.Add(append.Appender.ConversationId);
                }
            }
        }

        SettleKnown(known);
        return conflicting;
    }

    /// <summary>Nobody knows what was written: every conversation has to look.</summary>
    public void FenceAll()
    {
        foreach (var conversation in _conversations.Values)
        {
            conversation.Appender.Fence();
        }
    }

    private static void Place(PendingAppend append, Conversation conversation, HashSet<string> ids, Dictionary<string, StoredMessage> known, DateTimeOffset now)
    {
        for (var i = 0; i < append.Drafts.Length; i++)
        {
            append.Place(i, null);
            if (!append.IsOpen(i))
            {
                continue;
            }

            var draft = append.Drafts[i];
            if (known.TryGetValue(draft.MessageId, out var stored))
            {
                append.SettleExisting(i, stored);
            }
            else if (ids.Add(draft.MessageId))
            {
                append.Place(i, conversation.Add(draft, now));
            }
        }
    }

    private void SettleKnown(Dictionary<string, StoredMessage> known)
    {
        foreach (var append in _participants)
        {
            for (var i = 0; i < append.Drafts.Length; i++)
            {
                if (append.IsOpen(i) && known.TryGetValue(append.Drafts[i].MessageId, out var stored))
                {
                    append.SettleExisting(i, stored);
                }
            }
        }
    }

    /// <summary>The conversation's part, or null when a newer activation of it is already in this attempt: the older one waits a round and finds itself fenced.</summary>
    private Conversation? Join(PendingAppend append)
    {
        if (!_conversations.TryGetValue(append.Appender.ConversationId, out var conversation))
        {
            conversation = new Conversation(append.Appender);
            _conversations.Add(append.Appender.ConversationId, conversation);
        }

        return ReferenceEquals(conversation.Appender, append.Appender) ? conversation : null;
    }

    private sealed class Conversation(ConversationAppender appender)
    {
        private List<MemberChange>? _memberChanges;

        public ConversationAppender Appender => appender;

        public List<NewMessage> Rows { get; } = [];

        public long NextSeq { get; private set; } = appender.Head + 1;

        public DateTimeOffset LastAt { get; private set; } = appender.LastActivityAt;

        public NewMessage Add(MessageDraft draft, DateTimeOffset now)
        {
            LastAt = now > LastAt ? now : LastAt.AddMicroseconds(1);
            var row = draft.Place(appender.ConversationId, NextSeq++, LastAt);
            Rows.Add(row);
            if (draft.Member is { } member)
            {
                _memberChanges ??= [];
                _memberChanges.Add(new MemberChange(member.UserId, member.Joins, member.Role, row.Message.Seq, LastAt));
                if (member.Successor is { } successor)
                {
                    _memberChanges.Add(new MemberChange(successor, Joins: true, MemberRole.Owner, row.Message.Seq, LastAt));
                }
            }

            return row;
        }

        public ConversationAppend ToAppend() => new()
        {
            ConversationId = appender.ConversationId,
            ExpectedLastSeq = appender.Head,
            Messages = Rows,
            MemberChanges = _memberChanges ?? (IReadOnlyList<MemberChange>)[],
        };
    }
}
