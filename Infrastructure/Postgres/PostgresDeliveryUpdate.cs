using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;
using Npgsql;
using NpgsqlTypes;
using static Chat4All.Infrastructure.Postgres.PostgresParameters;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>
/// Writes a set of updates in one transaction of two round trips: the messages are locked in id order, which every process keeps, and what is read under the locks decides; then deliveries,
/// statuses and outbox rows are written as sets, the log's head last, because it is held until the commit.
/// </summary>
internal sealed class PostgresDeliveryUpdate(OutboxPlacement placement, OutboxTail tail)
{
    private const string Lock =
        """
        select m.conversation_id, m.id, m.seq, m.status
        from messages m
        where m.id = any($1)
        order by m.id
        for no key update
        """;

    private const string Deliveries = $"select {PostgresDeliveryRows.Columns} from message_deliveries where message_id = any($1)";

    private const string Told =
        """
        select aggregate_id, event_type
        from outbox_events
        where aggregate_id = any($1)
        """;

    private const string WriteDeliveries =
        """
        update message_deliveries d
        set status = i.status, attempts = i.attempts, external_id = i.external_id, error = i.error, sent_at = i.sent_at, updated_at = $9
        from unnest($1, $2, $3, $4, $5, $6, $7, $8) i (message_id, recipient, channel, status, attempts, external_id, error, sent_at)
        where d.message_id = any(array[i.message_id]) and d.recipient = any(array[i.recipient]) and d.channel = any(array[i.channel])
        """;

    private const string WriteMessages =
        """
        update messages m
        set status = i.status, status_at = $3
        from unnest($1, $2) i (id, status)
        where m.id = any(array[i.id])
        """;

    // Nothing here takes a token: once sent, a batch is not withdrawn, and the command's timeout bounds the wait.
    public async Task<DeliveryChanges> WriteAsync(NpgsqlConnection connection, IReadOnlyList<DeliveryUpdate> updates, DateTimeOffset now)
    {
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var batch = await ReadAsync(connection, updates, now);
        if (batch.Rows.Count == 0)
        {
            return DeliveryChanges.None;
        }

        var firstOffset = 0L;
        await using (var statements = Statements(connection, batch, now))
        await using (var results = await statements.ExecuteReaderAsync(CancellationToken.None))
        {
            do
            {
                while (await results.ReadAsync(CancellationToken.None))
                {
                    firstOffset = results.GetInt64(0);
                }
            }
            while (await results.NextResultAsync(CancellationToken.None));
        }

        await transaction.CommitAsync(CancellationToken.None);
        tail.Add(firstOffset, OutboxTail.RowsOf(batch.Changes.Messages));
        return batch.Changes;
    }

    private static async Task<DeliveryBatch> ReadAsync(NpgsqlConnection connection, IReadOnlyList<DeliveryUpdate> updates, DateTimeOffset now)
    {
        string[] ids = [.. updates.Select(static update => update.MessageId).Distinct().Order(StringComparer.Ordinal)];
        await using var statements = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Lock) { Parameters = { ArrayOf(ids, NpgsqlDbType.Text) } },
                new NpgsqlBatchCommand(Deliveries) { Parameters = { ArrayOf(ids, NpgsqlDbType.Text) } },
                new NpgsqlBatchCommand(Told) { Parameters = { ArrayOf(ids, NpgsqlDbType.Text) } },
            },
        };
        await using var reader = await statements.ExecuteReaderAsync(CancellationToken.None);
        var messages = await reader.ListAsync(
            static row => new LockedMessage(row.GetString(0), row.GetString(1), row.GetInt64(2), (MessageStatus)row.GetInt16(3)), CancellationToken.None);
        await reader.NextResultAsync(CancellationToken.None);
        var deliveries = await reader.ListAsync(PostgresDeliveryRows.Read, CancellationToken.None);
        await reader.NextResultAsync(CancellationToken.None);
        var told = await reader.ListAsync(static row => (row.GetString(0), row.GetString(1)), CancellationToken.None);
        return new DeliveryBatch(messages, deliveries, told.ToHashSet(), updates, now);
    }

    private NpgsqlBatch Statements(NpgsqlConnection connection, DeliveryBatch batch, DateTimeOffset now)
    {
        var (rows, at) = (batch.Rows, new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        var deliveries = new NpgsqlBatchCommand(WriteDeliveries)
        {
            Parameters =
            {
                ArrayOf([.. rows.Select(static row => row.MessageId)], NpgsqlDbType.Text),
                ArrayOf([.. rows.Select(static row => row.Recipient)], NpgsqlDbType.Text),
                ArrayOf([.. rows.Select(static row => row.Channel)], NpgsqlDbType.Text),
                ArrayOf([.. rows.Select(static row => (short)row.Status)], NpgsqlDbType.Smallint),
                ArrayOf([.. rows.Select(static row => row.Attempts)], NpgsqlDbType.Integer),
                ArrayOf([.. rows.Select(static row => row.ExternalId)], NpgsqlDbType.Text),
                ArrayOf([.. rows.Select(static row => row.Error)], NpgsqlDbType.Text),
                ArrayOf([.. rows.Select(static row => row.SentAt?.UtcDateTime)], NpgsqlDbType.TimestampTz),
                at,
            },
        };
        var statements = new NpgsqlBatch(connection) { BatchCommands = { deliveries } };
        if (batch.Messages.Count > 0)
        {
            statements.BatchCommands.Add(Messages(batch.Messages, at.Clone()));
            statements.BatchCommands.Add(PostgresStatusEvents.Write(batch.Messages, now, placement));
        }

        return statements;
    }

    private static NpgsqlBatchCommand Messages(IReadOnlyList<StatusChange> changes, NpgsqlParameter at) => new(WriteMessages)
    {
        Parameters =
        {
            ArrayOf([.. changes.Select(static change => change.Message.MessageId)], NpgsqlDbType.Text),
            ArrayOf([.. changes.Select(static change => (short)change.To)], NpgsqlDbType.Smallint),
            at,
        },
    };
}
