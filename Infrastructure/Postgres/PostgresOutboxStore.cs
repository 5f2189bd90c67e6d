using Chat4All.Grains.Ports;
using Npgsql;
using NpgsqlTypes;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>The outbox in PostgreSQL.</summary>
internal sealed class PostgresOutboxStore(PostgresDatabase database) : IOutboxStore
{
    public Task<IReadOnlyList<OutboxEvent>> LoadUnpublishedAsync(string conversationId, int limit, CancellationToken cancellationToken)
    {
        const string select =
            """
            select id, conversation_id, seq, aggregate_id, event_type, payload, created_at, traceparent
            from outbox_events
            where conversation_id = $1 and published = false
            order by seq, created_at, id
            limit $2
            """;
        return database.ReadAsync<IReadOnlyList<OutboxEvent>>(
            async connection => await connection.Command(select).Text(conversationId).Long(limit).ListAsync(Read, cancellationToken), cancellationToken);
    }

    public Task MarkPublishedAsync(IReadOnlyList<OutboxEvent> events, DateTimeOffset publishedAt, CancellationToken cancellationToken)
    {
        const string update =
            """
            update outbox_events
            set published = true, published_at = $2
            where id = any($1) and published = false
            """;
        return database.WriteAsync(connection => Ids(connection, update, events).Time(publishedAt).RunAsync(cancellationToken), cancellationToken);
    }

    public Task RecordFailureAsync(IReadOnlyList<OutboxEvent> events, string error, CancellationToken cancellationToken)
    {
        const string update = "update outbox_events set version = version + 1, error_message = $2 where id = any($1)";
        return database.WriteAsync(connection => Ids(connection, update, events).Text(error).RunAsync(cancellationToken), cancellationToken);
    }

    public Task<IReadOnlyList<string>> ListStaleConversationsAsync(DateTimeOffset createdBefore, string after, int limit, CancellationToken cancellationToken)
    {
        const string select =
            """
            with recursive waiting (id) as (
              select * from (
                select conversation_id
                from outbox_events
                where published = false and conversation_id > $2
                order by conversation_id
                limit 1) first
              union all
              select (
                select o.conversation_id
                from outbox_events o
                where o.published = false and o.conversation_id > w.id
                order by o.conversation_id
                limit 1)
              from waiting w
              where w.id is not null
            )
            select w.id
            from waiting w
            where w.id is not null
              and exists (select 1 from outbox_events o where o.published = false and o.conversation_id = w.id and o.created_at < $1)
            limit $3
            """;
        return database.ReadAsync<IReadOnlyList<string>>(
            async connection => await connection.Command(select).Time(createdBefore).Text(after).Long(limit).ListAsync(static row => row.GetString(0), cancellationToken),
            cancellationToken);
    }

    public Task<long> CountUnpublishedAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Command("select count(*) from outbox_events where published = false").FirstAsync(static row => row.GetInt64(0), cancellationToken),
        cancellationToken);

    public Task<int> DeletePublishedAsync(DateTimeOffset publishedBefore, int limit, CancellationToken cancellationToken)
    {
        // The id is a UUIDv7, which begins with its time: a row published before a moment was made before it, so the primary key finds the old rows.
        // A row that is in the embedded log stays until every group of it is done with it.
        const string delete =
            """
            delete from outbox_events
            where id = any(array(
              select id from outbox_events
              where id < $1 and published = true and published_at < $2
                and (log_partition is null or log_offset <= coalesce(
                  (select min(committed) from consumer_offsets where topic = 'message_processing' and log_partition >= 0), 9223372036854775807))
              order by id
              limit $3))
            """;
        return database.WriteAsync(
            connection => connection.Command(delete).Add(Guid.CreateVersion7(publishedBefore), NpgsqlDbType.Uuid).Time(publishedBefore).Long(limit).RunAsync(cancellationToken),
            cancellationToken);
    }

    private static NpgsqlCommand Ids(NpgsqlConnection connection, string sql, IReadOnlyList<OutboxEvent> events) =>
        connection.Command(sql).Add(events.Select(static e => e.Id).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid);

    private static OutboxEvent Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        ConversationId = row.GetString(1),
        Seq = row.GetInt64(2),
        AggregateId = row.GetString(3),
        EventType = row.GetString(4),
        Payload = row.GetFieldValue<byte[]>(5),
        CreatedAt = row.Time(6),
        TraceParent = row.IsDBNull(7) ? null : row.GetString(7),
    };
}
