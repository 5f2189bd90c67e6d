using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Reads and writes rows of <c>messages</c>.</summary>
internal static class SqliteMessageRows
{
    /// <summary>Selects messages as <c>m</c>; a where clause follows.</summary>
    public const string Select =
        """
        select m.id, m.conversation_id, m.seq, m.sender_id, m.recipients, m.kind, m.payload, m.channels, m.priority, m.status, m.status_at, m.reply_to, m.metadata, m.created_at
        from messages m
        """;

    public static StoredMessage Read(SqliteStatement row, int first = 0)
    {
        var createdAt = row.Time(first + 13);
        return new StoredMessage
        {
            MessageId = row.Text(first),
            ConversationId = row.Text(first + 1),
            Seq = row.Long(first + 2),
            SenderId = row.TextOrNull(first + 3),
            To = row.TextOrNull(first + 4),
            Kind = (PayloadKind)row.Int(first + 5),
            Payload = row.Text(first + 6),
            Channels = ChannelNames.ParseJoined(row.Text(first + 7)),
            Priority = (MessagePriority)row.Int(first + 8),
            Status = (MessageStatus)row.Int(first + 9),
            StatusAt = row.TimeOrNull(first + 10) ?? createdAt,
            ReplyTo = row.TextOrNull(first + 11),
            Metadata = row.TextOrNull(first + 12),
            CreatedAt = createdAt,
        };
    }

    public static List<StoredMessage> ReadAll(SqliteStatement rows)
    {
        using (rows)
        {
            var messages = new List<StoredMessage>();
            while (rows.Read())
            {
                messages.Add(Read(rows));
            }

            return messages;
        }
    }

    public static StoredMessage? Find(SqliteSession session, string messageId)
    {
        using var row = session.Prepare(Select + " where m.id = ?1").Bind(messageId);
        return row.Read() ? Read(row) : null;
    }
}
