using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Reads rows of <c>messages</c>.</summary>
internal static class PostgresMessageRows
{
    /// <summary>The columns of <see cref="Read"/>, of <c>messages m</c>.</summary>
    public const string Columns =
        "m.id, m.conversation_id, m.seq, m.sender_id, m.recipients, m.kind, m.payload, m.channels, m.priority, m.status, m.status_at, m.reply_to, m.metadata, m.created_at";

    public static StoredMessage Read(NpgsqlDataReader row) => Read(row, 0);

    public static StoredMessage Read(NpgsqlDataReader row, int first)
    {
        var createdAt = row.Time(first + 13);
        return new StoredMessage
        {
            MessageId = row.GetString(first),
            ConversationId = row.GetString(first + 1),
            Seq = row.GetInt64(first + 2),
            SenderId = row.TextOrNull(first + 3),
            To = row.TextOrNull(first + 4),
            Kind = (PayloadKind)row.GetInt16(first + 5),
            Payload = row.GetString(first + 6),
            Channels = ChannelNames.ParseJoined(row.GetString(first + 7)),
            Priority = (MessagePriority)row.GetInt16(first + 8),
            Status = (MessageStatus)row.GetInt16(first + 9),
            StatusAt = row.TimeOrNull(first + 10) ?? createdAt,
            ReplyTo = row.TextOrNull(first + 11),
            Metadata = row.TextOrNull(first + 12),
            CreatedAt = createdAt,
        };
    }
}
