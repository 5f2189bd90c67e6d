using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Moves one member's cursor and tells the outbox what everybody has read by that.</summary>
internal static class SqliteReadCursor
{
    /// <summary>Null when the user is no member. Answers the offset of the first outbox row too.</summary>
    public static (ReadAdvance? Advance, long FirstOffset) Advance(
        SqliteSession session, string conversationId, string userId, long? upToSeq, DateTimeOffset now, OutboxPlacement placement)
    {
        const string find =
            """
            select m.last_read_seq, coalesce(m.last_read_at, m.joined_at), c.last_seq
            from conversation_members m
            join conversations c on c.id = m.conversation_id
            where m.conversation_id = ?1 and m.user_id = ?2
            """;
        long previous, head;
        DateTimeOffset readAt;
        using (var row = session.Prepare(find).Bind(conversationId).Bind(userId))
        {
            if (!row.Read())
            {
                return (null, 0);
            }

            (previous, readAt, head) = (row.Long(0), row.Time(1), row.Long(2));
        }

        var target = Math.Min(upToSeq ?? head, head);
        if (target <= previous)
        {
            return (new ReadAdvance(new ReadCursor(previous, readAt), previous, []), 0);
        }

        session.Prepare("update conversation_members set last_read_seq = ?1, last_read_at = ?2 where conversation_id = ?3 and user_id = ?4")
            .Bind(target).Bind(now).Bind(conversationId).Bind(userId)
            .Execute();
        var keys = BecameRead(session, conversationId, userId, previous, target);
        var became = StatusRows.BecameRead(conversationId, keys, Told(session, keys), now);
        foreach (var change in became)
        {
            SqliteDeliveryUpdate.WriteEvent(session, change, placement);
        }

        return (new ReadAdvance(new ReadCursor(target, now), previous, became), session.LastRowId - became.Count + 1);
    }

    private static HashSet<string> Told(SqliteSession session, List<MessageKey> keys)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            using var row = session.Prepare("select 1 from outbox_events where aggregate_id = ?1 and event_type = ?2").Bind(key.MessageId).Bind(StatusRows.ReadEvent);
            if (row.Read())
            {
                told.Add(key.MessageId);
            }
        }

        return told;
    }

    private static List<MessageKey> BecameRead(SqliteSession session, string conversationId, string userId, long previous, long target)
    {
        var others = ReadersOfMessage.FromAscending(SlowestOthers(session, conversationId, userId));
        const string read =
            """
            select id, seq
            from messages
            where conversation_id = ?1 and seq > ?2 and seq <= min(?3, ?4)
              and channels = 'chat4all' and kind <> 0 and sender_id <> ?5
              and (seq <= ?6 or sender_id = ?7)
            order by seq desc
            limit ?8
            """;
        using var rows = session.Prepare(read)
            .Bind(conversationId).Bind(previous).Bind(target).Bind(others.NextSeq).Bind(userId).Bind(others.SlowestSeq).Bind(others.Slowest)
            .Bind(ReadersOfMessage.Limit);
        var keys = new List<MessageKey>();
        while (rows.Read())
        {
            keys.Add(new MessageKey(rows.Text(0), rows.Long(1)));
        }

        keys.Reverse();
        return keys;
    }

    private static List<(string UserId, long LastReadSeq)> SlowestOthers(SqliteSession session, string conversationId, string userId)
    {
        const string slowest =
            """
            select user_id, last_read_seq
            from conversation_members
            where conversation_id = ?1 and user_id <> ?2
            order by last_read_seq
            limit 2
            """;
        using var rows = session.Prepare(slowest).Bind(conversationId).Bind(userId);
        var others = new List<(string, long)>(2);
        while (rows.Read())
        {
            others.Add((rows.Text(0), rows.Long(1)));
        }

        return others;
    }
}
