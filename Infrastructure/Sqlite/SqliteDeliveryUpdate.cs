using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Writes a set of updates in the writer's transaction.</summary>
internal static class SqliteDeliveryUpdate
{
    private const string WriteDelivery =
        """
        update message_deliveries
        set status = ?4, attempts = ?5, external_id = ?6, error = ?7, updated_at = ?8, sent_at = ?9
        where message_id = ?1 and recipient = ?2 and channel = ?3
        """;

    private const string WriteOutbox =
        """
        insert into outbox_events (id, aggregate_type, aggregate_id, event_type, payload, created_at, conversation_id, seq, traceparent, log_partition, published, published_at)
        values (?1, 'message', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9 is not null, iif(?9 is null, null, ?5))
        """;

    /// <summary>Answers what changed, and the offset of the first outbox row.</summary>
    public static (DeliveryChanges Changes, long FirstOffset) Write(SqliteSession session, IReadOnlyList<DeliveryUpdate> updates, DateTimeOffset now, OutboxPlacement placement)
    {
        var messages = new List<LockedMessage>();
        var deliveries = new List<DeliveryRecord>();
        var told = new HashSet<(string, string)>();
        foreach (var messageId in updates.Select(static update => update.MessageId).Distinct())
        {
            Read(session, messageId, messages, deliveries, told);
        }

        var batch = new DeliveryBatch(messages, deliveries, told, updates, now);
        foreach (var row in batch.Rows)
        {
            session.Prepare(WriteDelivery)
                .Bind(row.MessageId).Bind(row.Recipient).Bind(row.Channel)
                .Bind((long)row.Status).Bind(row.Attempts).Bind(row.ExternalId).Bind(row.Error).Bind(row.UpdatedAt).Bind(row.SentAt)
                .Execute();
        }

        foreach (var change in batch.Messages)
        {
            Write(session, change, placement);
        }

        return (batch.Changes, session.LastRowId - batch.Messages.Count + 1);
    }

    private static void Read(SqliteSession session, string messageId, List<LockedMessage> messages, List<DeliveryRecord> deliveries, HashSet<(string, string)> told)
    {
        using (var row = session.Prepare("select conversation_id, seq, status from messages where id = ?1").Bind(messageId))
        {
            if (row.Read())
            {
                messages.Add(new LockedMessage(row.Text(0), messageId, row.Long(1), (MessageStatus)row.Int(2)));
            }
        }

        using (var rows = session.Prepare(SqliteDeliveryRows.Select + " where d.message_id = ?1").Bind(messageId))
        {
            while (rows.Read())
            {
                deliveries.Add(SqliteDeliveryRows.Read(rows));
            }
        }

        using (var rows = session.Prepare("select event_type from outbox_events where aggregate_id = ?1").Bind(messageId))
        {
            while (rows.Read())
            {
                told.Add((messageId, rows.Text(0)));
            }
        }
    }

    private static void Write(SqliteSession session, StatusChange change, OutboxPlacement placement)
    {
        session.Prepare("update messages set status = ?3, status_at = ?4 where conversation_id = ?1 and seq = ?2")
            .Bind(change.ConversationId).Bind(change.Message.Seq).Bind((long)change.To).Bind(change.At)
            .Execute();
        WriteEvent(session, change, placement);
    }

    /// <summary>Writes the outbox row of a status change.</summary>
    public static void WriteEvent(SqliteSession session, StatusChange change, OutboxPlacement placement)
    {
        var outbox = change.Outbox;
        session.Prepare(WriteOutbox)
            .Bind(outbox.Id.ToString()).Bind(outbox.AggregateId).Bind(outbox.EventType).Bind(outbox.Payload.Span).Bind(change.At)
            .Bind(change.ConversationId).Bind(change.Message.Seq).Bind(outbox.TraceParent).Bind(placement.PartitionOf(change.ConversationId))
            .Execute();
    }
}
