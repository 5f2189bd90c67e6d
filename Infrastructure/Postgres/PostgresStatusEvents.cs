using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;
using Npgsql;
using NpgsqlTypes;
using static Chat4All.Infrastructure.Postgres.PostgresParameters;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Writes the outbox rows of status changes as a set.</summary>
internal static class PostgresStatusEvents
{
    private const string WriteInLog =
        """
        with place as (
          update event_log_heads
          set next_offset = next_offset + cardinality($1)
          where topic = 'message_processing'
          returning next_offset - cardinality($1) - 1 as before
        ), events as (
          insert into outbox_events (
            id, aggregate_type, aggregate_id, event_type, payload, conversation_id, seq, traceparent, log_partition, log_offset, created_at, published_at, published)
          select i.id, 'message', i.aggregate, i.type, i.payload, i.conversation, i.seq, i.trace, i.part, place.before + i.n, $9, $9, true
          from place, unnest($1, $2, $3, $4, $5, $6, $7, $8) with ordinality i (id, aggregate, type, payload, conversation, seq, trace, part, n)
        )
        select before + 1
        from place
        """;

    private const string WriteElsewhere =
        """
        insert into outbox_events (id, aggregate_type, aggregate_id, event_type, payload, conversation_id, seq, traceparent, created_at)
        select i.id, 'message', i.aggregate, i.type, i.payload, i.conversation, i.seq, i.trace, $8
        from unnest($1, $2, $3, $4, $5, $6, $7) i (id, aggregate, type, payload, conversation, seq, trace)
        """;

    /// <summary>Answers the offset of the first row where the rows are the log's. To be sent last: it takes the log's head, which is held until the commit.</summary>
    public static NpgsqlBatchCommand Write(IReadOnlyList<StatusChange> changes, DateTimeOffset now, OutboxPlacement placement)
    {
        var command = new NpgsqlBatchCommand(placement.InLog ? WriteInLog : WriteElsewhere)
        {
            Parameters =
            {
                ArrayOf([.. changes.Select(static change => change.Outbox.Id)], NpgsqlDbType.Uuid),
                ArrayOf([.. changes.Select(static change => change.Outbox.AggregateId)], NpgsqlDbType.Text),
                ArrayOf([.. changes.Select(static change => change.Outbox.EventType)], NpgsqlDbType.Text),
                ArrayOf([.. changes.Select(static change => change.Outbox.Payload)], NpgsqlDbType.Jsonb),
                ArrayOf([.. changes.Select(static change => change.ConversationId)], NpgsqlDbType.Text),
                ArrayOf([.. changes.Select(static change => change.Message.Seq)], NpgsqlDbType.Bigint),
                ArrayOf([.. changes.Select(static change => change.Outbox.TraceParent)], NpgsqlDbType.Text),
            },
        };
        if (placement.InLog)
        {
            command.Parameters.Add(ArrayOf([.. changes.Select(change => placement.Of(change.ConversationId))], NpgsqlDbType.Smallint));
        }

        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return command;
    }
}
