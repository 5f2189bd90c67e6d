using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>The hot path: writes one journal batch, or finds out what stands against it.</summary>
internal static class SqliteAppend
{
    private const string Advance =
        """
        update conversations
        set last_seq = ?1, last_activity_at = ?2
        where id = ?3 and last_seq = ?4
        """;

    private const string InsertMessage =
        """
        insert into messages (id, conversation_id, seq, sender_id, recipients, kind, payload, channels, priority, status, reply_to, metadata, created_at)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
        on conflict (id) do nothing
        """;

    private const string InsertOutbox =
        """
        insert into outbox_events (id, aggregate_type, aggregate_id, event_type, payload, created_at, conversation_id, seq, traceparent, log_partition, published, published_at)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10 is not null, iif(?10 is null, null, ?6))
        """;

    private const string MoveCursor =
        """
        update conversation_members
        set last_read_seq = ?1, last_read_at = ?2
        where conversation_id = ?3 and user_id = ?4 and last_read_seq < ?1
        """;

    private const string Join =
        """
        insert into conversation_members (conversation_id, user_id, role, joined_seq, joined_at, last_read_seq)
        values (?1, ?2, ?3, ?4, ?5, ?4)
        on conflict (conversation_id, user_id) do update set role = excluded.role
        """;

    private const string Leave = "delete from conversation_members where conversation_id = ?1 and user_id = ?2";

    /// <summary>Writes the batch and answers its first offset in the log, or throws <see cref="AppendRefusedException"/> so that the transaction rolls back.</summary>
    public static long Write(SqliteSession session, IReadOnlyList<ConversationAppend> batch, OutboxPlacement placement)
    {
        var last = 0L;
        foreach (var append in batch)
        {
            if (!WriteConversation(session, append, placement, ref last))
            {
                // Named with everything else that stands in the way, before the roll-back.
                throw new AppendRefusedException(FindConflicts(session, batch));
            }
        }

        return last - batch.Sum(static append => append.Messages.Count) + 1;
    }

    private static bool WriteConversation(SqliteSession session, ConversationAppend append, OutboxPlacement placement, ref long lastOffset)
    {
        long? partition = placement.PartitionOf(append.ConversationId);
        var last = append.Messages[^1].Message;
        var advanced = session.Prepare(Advance).Bind(last.Seq).Bind(last.CreatedAt).Bind(append.ConversationId).Bind(append.ExpectedLastSeq).Execute();
        if (advanced == 0)
        {
            return false;
        }

        foreach (var (message, outbox) in append.Messages)
        {
            if (Insert(session, message) == 0)
            {
                return false;
            }

            Insert(session, message, outbox, partition);
            lastOffset = session.LastRowId;
        }

        MoveCursors(session, append);
        foreach (var change in append.MemberChanges)
        {
            Apply(session, append.ConversationId, change);
        }

        return true;
    }

    private static int Insert(SqliteSession session, StoredMessage message) => session.Prepare(InsertMessage)
        .Bind(message.MessageId)
        .Bind(message.ConversationId)
        .Bind(message.Seq)
        .Bind(message.SenderId)
        .Bind(message.To)
        .Bind((long)message.Kind)
        .Bind(message.Payload)
        .Bind(ChannelNames.Join(message.Channels))
        .Bind((long)message.Priority)
        .Bind((long)message.Status)
        .Bind(message.ReplyTo)
        .Bind(message.Metadata)
        .Bind(message.CreatedAt)
        .Execute();

    private static void Insert(SqliteSession session, StoredMessage message, OutboxRow outbox, long? partition) => session.Prepare(InsertOutbox)
        .Bind(outbox.Id.ToString())
        .Bind(outbox.AggregateType)
        .Bind(outbox.AggregateId)
        .Bind(outbox.EventType)
        .Bind(outbox.Payload.Span)
        .Bind(message.CreatedAt)
        .Bind(message.ConversationId)
        .Bind(message.Seq)
        .Bind(outbox.TraceParent)
        .Bind(partition)
        .Execute();

    private static void MoveCursors(SqliteSession session, ConversationAppend append)
    {
        foreach (var cursor in SenderCursors.Of(append))
        {
            session.Prepare(MoveCursor).Bind(cursor.Seq).Bind(cursor.At).Bind(append.ConversationId).Bind(cursor.UserId).Execute();
        }
    }

    private static void Apply(SqliteSession session, string conversationId, MemberChange change)
    {
        if (change.Joins)
        {
            session.Prepare(Join).Bind(conversationId).Bind(change.UserId).Bind((long)change.Role).Bind(change.Seq).Bind(change.At).Execute();
        }
        else
        {
            session.Prepare(Leave).Bind(conversationId).Bind(change.UserId).Execute();
        }
    }

    private static AppendConflicts FindConflicts(SqliteSession session, IReadOnlyList<ConversationAppend> batch)
    {
        // What this transaction has written so far must not count as stored before.
        session.UndoWork();
        var fenced = new List<string>();
        var existing = new List<StoredMessage>();
        foreach (var append in batch)
        {
            if (LastSeq(session, append.ConversationId) != append.ExpectedLastSeq)
            {
                fenced.Add(append.ConversationId);
            }

            foreach (var (message, _) in append.Messages)
            {
                if (SqliteMessageRows.Find(session, message.MessageId) is { } stored)
                {
                    existing.Add(stored);
                }
            }
        }

        return fenced.Count + existing.Count > 0
            ? new AppendConflicts(fenced, existing)
            : throw new InvalidOperationException("The batch names a conversation or a message twice.");
    }

    private static long? LastSeq(SqliteSession session, string conversationId)
    {
        using var row = session.Prepare("select last_seq from conversations where id = ?1").Bind(conversationId);
        return row.Read() ? row.Long(0) : null;
    }
}
