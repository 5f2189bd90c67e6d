using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>The outbox in SQLite.</summary>
internal sealed class SqliteOutboxStore(SqliteDatabase database) : IOutboxStore
{
    public Task<IReadOnlyList<OutboxEvent>> LoadUnpublishedAsync(string conversationId, int limit, CancellationToken cancellationToken)
    {
        const string select =
            """
            select id, conversation_id, seq, aggregate_id, event_type, payload, created_at, traceparent
            from outbox_events
            where conversation_id = ?1 and published = false
            order by seq, created_at, id
            limit ?2
            """;
        return database.ReadAsync<IReadOnlyList<OutboxEvent>>(
            session =>
            {
                using var rows = session.Prepare(select).Bind(conversationId).Bind(limit);
                var events = new List<OutboxEvent>();
                while (rows.Read())
                {
                    events.Add(Read(rows));
                }

                return events;
            },
            cancellationToken);
    }

    public Task MarkPublishedAsync(IReadOnlyList<OutboxEvent> events, DateTimeOffset publishedAt, CancellationToken cancellationToken) => database.WriteAsync(
        session =>
        {
            foreach (var published in events)
            {
                session.Prepare("update outbox_events set published = 1, published_at = ?2 where id = ?1 and published = 0")
                    .Bind(published.Id.ToString()).Bind(publishedAt)
                    .Execute();
            }

            return true;
        },
        cancellationToken);

    public Task RecordFailureAsync(IReadOnlyList<OutboxEvent> events, string error, CancellationToken cancellationToken) => database.WriteAsync(
        session =>
        {
            foreach (var failed in events)
            {
                session.Prepare("update outbox_events set version = version + 1, error_message = ?2 where id = ?1")
                    .Bind(failed.Id.ToString()).Bind(error)
                    .Execute();
            }

            return true;
        },
        cancellationToken);

    public Task<IReadOnlyList<string>> ListStaleConversationsAsync(DateTimeOffset createdBefore, string after, int limit, CancellationToken cancellationToken)
    {
        const string select =
            """
            with recursive waiting (id) as (
              select * from (
                select conversation_id
                from outbox_events
                where published = false and conversation_id > ?2
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
              and exists (select 1 from outbox_events o where o.published = false and o.conversation_id = w.id and o.created_at < ?1)
            limit ?3
            """;
        return database.ReadAsync<IReadOnlyList<string>>(
            session =>
            {
                using var rows = session.Prepare(select).Bind(createdBefore).Bind(after).Bind(limit);
                var conversations = new List<string>();
                while (rows.Read())
                {
                    conversations.Add(rows.Text(0));
                }

                return conversations;
            },
            cancellationToken);
    }

    public Task<long> CountUnpublishedAsync(CancellationToken cancellationToken) => database.ReadAsync(
        session =>
        {
            using var row = session.Prepare("select count(*) from outbox_events where published = false");
            row.Read();
            return row.Long(0);
        },
        cancellationToken);

    public Task<int> DeletePublishedAsync(DateTimeOffset publishedBefore, int limit, CancellationToken cancellationToken)
    {
        // The id is a UUIDv7, which begins with its time: a row published before a moment was made before it, so the primary key finds the old rows.
        // A row that is in the embedded log stays until every group of it is done with it, and the newest for good: its offset would be given out again.
        const string delete =
            """
            delete from outbox_events
            where id in (
              select id from outbox_events
              where id < ?1 and published = true and published_at < ?2
                and log_offset < (select max(log_offset) from outbox_events)
                and (log_partition is null or log_offset <= coalesce(
                  (select min(committed) from consumer_offsets where topic = 'message_processing' and log_partition >= 0), 9223372036854775807))
              order by id
              limit ?3)
            """;
        return database.WriteAsync(
            session => session.Prepare(delete).Bind(Guid.CreateVersion7(publishedBefore).ToString()).Bind(publishedBefore).Bind(limit).Execute(),
            cancellationToken);
    }

    private static OutboxEvent Read(SqliteStatement row) => new()
    {
        Id = Guid.Parse(row.Text(0)),
        ConversationId = row.Text(1),
        Seq = row.Long(2),
        AggregateId = row.Text(3),
        EventType = row.Text(4),
        Payload = row.Utf8(5),
        CreatedAt = row.Time(6),
        TraceParent = row.TextOrNull(7),
    };
}
