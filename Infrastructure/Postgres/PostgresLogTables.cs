using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.CloudEvents;
using Chat4All.Infrastructure.EmbeddedLog;
using Chat4All.Infrastructure.Stores;
using Npgsql;
using NpgsqlTypes;
using static Chat4All.Infrastructure.Postgres.PostgresParameters;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>The event log in PostgreSQL. A topic's offsets are taken under its head's lock and held until the commit, so that whoever sees an offset sees all before it.</summary>
internal sealed class PostgresLogTables(PostgresDatabase database, OutboxPlacement placement) : ILogTables
{
    private const string SelectOutbox =
        """
        select log_partition, log_offset, id, conversation_id, seq, aggregate_id, event_type, payload, created_at, traceparent
        from outbox_events
        where log_offset > $1 and log_partition is not null and log_partition = any($2)
        order by log_offset
        limit $3
        """;

    private const string SelectLog =
        """
        select log_partition, log_offset, value
        from event_log
        where topic = $1 and log_offset > $2 and log_partition = any($3)
        order by log_offset
        limit $4
        """;

    private const string Insert =
        """
        with place as (
          insert into event_log_heads (topic, next_offset) values ($1, 1 + cardinality($3))
          on conflict (topic) do update set next_offset = event_log_heads.next_offset + cardinality($3)
          returning next_offset - cardinality($3) - 1 as before
        )
        insert into event_log (topic, created_at, log_offset, log_partition, event_id, event_type, key, message_id, traceparent, value)
        select $1, $2, place.before + i.n, i.part, i.id, i.type, i.key, i.message, i.trace, i.value
        from place, unnest($3, $4, $5, $6, $7, $8, $9) with ordinality i (id, part, type, key, message, trace, value, n)
        """;

    // What a group has not committed stays, and only the oldest are looked at.
    private const string Delete =
        """
        delete from event_log
        where topic = $1 and log_offset = any(array(
          select o.log_offset
          from (
            select log_offset, created_at
            from event_log
            where topic = $1 and log_offset <= coalesce((select min(committed) from consumer_offsets where topic = $1 and log_partition >= 0), 9223372036854775807)
            order by log_offset
            limit $4) o
          where o.created_at < $2 or o.log_offset <= $3))
        """;

    private const string SelectExtent =
        """
        with extent as (
          select coalesce((select log_offset from event_log where topic = $1 order by log_offset limit 1), next_offset) as oldest, next_offset - 1 as newest
          from event_log_heads
          where topic = $1
        )
        select
          oldest,
          newest,
          coalesce(
            (select avg(octet_length(sampled.value))::bigint
             from generate_series(oldest, newest, (newest - oldest) / 200 + 1) place
             cross join lateral (select value from event_log where topic = $1 and log_offset >= place order by log_offset limit 1) sampled),
            0)
        from extent
        """;

    private const string Release =
        """
        update outbox_events
        set published = false, published_at = null, log_partition = null, log_offset = null
        where log_offset = any(array(
          select o.log_offset
          from outbox_events o
          where o.log_partition is not null
            and o.log_offset > coalesce((select min(committed) from consumer_offsets where topic = 'message_processing' and log_partition >= 0), 0)
            and o.log_offset > coalesce(
              (select min(c.committed) from consumer_offsets c where c.topic = 'message_processing' and c.log_partition = o.log_partition), 0)
          order by o.log_offset
          limit $1))
        """;

    private const string SelectCommitted =
        """
        select log_partition, min(committed)
        from consumer_offsets
        where topic = $1 and log_partition >= 0
        group by log_partition
        """;

    private const string Finish = "update consumer_offsets set committed = greatest(committed, $2) where topic = $1 and log_partition >= 0";

    private readonly PostgresGroups _groups = new(database);

    public bool IsShared => true;

    public Task<IReadOnlyList<LogRecord>> ReadAsync(string topic, long after, short[] partitions, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<LogRecord>>(
            async connection => topic == Topics.MessageProcessing
                ? await connection.Command(SelectOutbox).Long(after).Add(partitions, NpgsqlDbType.Array | NpgsqlDbType.Smallint).Long(limit)
                    .ListAsync(ReadOutboxRow, cancellationToken)
                : await connection.Command(SelectLog).Text(topic).Long(after).Add(partitions, NpgsqlDbType.Array | NpgsqlDbType.Smallint).Long(limit)
                    .ListAsync(
                        row => new LogRecord(topic, row.GetInt16(0), row.GetInt64(1), CloudEventJson.Read(row.GetFieldValue<byte[]>(2))), cancellationToken),
            cancellationToken);

    public Task AppendAsync(IReadOnlyList<TopicEvents> appends, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            // One implicit transaction around all of them.
            await using var batch = new NpgsqlBatch(connection);
            foreach (var append in appends)
            {
                batch.BatchCommands.Add(Append(append));
            }

            return await batch.ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);

    public Task<IReadOnlyDictionary<string, long>> ReadHeadsAsync(CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyDictionary<string, long>>(
        async connection =>
        {
            var heads = await connection.Command("select topic, next_offset - 1 from event_log_heads")
                .ListAsync(static row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1)), cancellationToken);
            return new Dictionary<string, long>(heads, StringComparer.Ordinal);
        },
        cancellationToken);

    public Task<GroupShare> ShareAsync(GroupMember member, int partitions, short[] released, CancellationToken cancellationToken) =>
        _groups.ShareAsync(member, partitions, released, cancellationToken);

    public Task CommitAsync(GroupMember member, IReadOnlyList<LogPosition> done, CancellationToken cancellationToken) => _groups.CommitAsync(member, done, cancellationToken);

    public Task LeaveAsync(GroupMember member, CancellationToken cancellationToken) => _groups.LeaveAsync(member, cancellationToken);

    public Task<int> DeleteAsync(string topic, DateTimeOffset before, long upTo, int limit, CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.Command(Delete).Text(topic).Time(before).Long(upTo).Long(limit).RunAsync(cancellationToken), cancellationToken);

    public Task<TopicExtent> ReadExtentAsync(string topic, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var rows = await connection.Command(SelectExtent).Text(topic)
                .ListAsync(static row => new TopicExtent(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), cancellationToken);
            return rows.Count > 0 ? rows[0] : new TopicExtent(1, 0, 0);
        },
        cancellationToken);

    public Task<int> AdoptAsync(DateTimeOffset publishedAt, int limit, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => AdoptAsync(connection, publishedAt, limit, cancellationToken), cancellationToken);

    public Task<int> ReleaseAsync(int limit, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => connection.Command(Release).Long(limit).RunAsync(cancellationToken), cancellationToken);

    public Task<IReadOnlyDictionary<int, long>> ReadCommittedAsync(string topic, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyDictionary<int, long>>(
        async connection => new Dictionary<int, long>(await connection.Command(SelectCommitted).Text(topic)
            .ListAsync(static row => KeyValuePair.Create((int)row.GetInt16(0), row.GetInt64(1)), cancellationToken)),
        cancellationToken);

    public Task FinishAsync(string topic, long upTo, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => connection.Command(Finish).Text(topic).Long(upTo).RunAsync(cancellationToken), cancellationToken);

    private static NpgsqlBatchCommand Append(TopicEvents append)
    {
        var command = new NpgsqlBatchCommand(Insert);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = append.Topic });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = append.At.UtcDateTime });
        Add(command, append.Events, static one => one.Event.Id, NpgsqlDbType.Text);
        Add(command, append.Events, static one => one.Partition, NpgsqlDbType.Smallint);
        Add(command, append.Events, static one => one.Event.Type, NpgsqlDbType.Text);
        Add(command, append.Events, static one => one.Event.Key, NpgsqlDbType.Text);
        Add(command, append.Events, static one => one.Event.MessageId, NpgsqlDbType.Text);
        Add(command, append.Events, static one => one.Event.TraceParent, NpgsqlDbType.Text);
        Add(command, append.Events, static one => one.Envelope, NpgsqlDbType.Text);
        return command;
    }

    private static void Add<T>(NpgsqlBatchCommand command, IReadOnlyList<PlacedEvent> events, Func<PlacedEvent, T> column, NpgsqlDbType type) =>
        command.Parameters.Add(ArrayOf<T>([.. events.Select(column)], type));

    private static LogRecord ReadOutboxRow(NpgsqlDataReader row)
    {
        var outbox = new OutboxEvent
        {
            Id = row.GetGuid(2),
            ConversationId = row.GetString(3),
            Seq = row.GetInt64(4),
            AggregateId = row.GetString(5),
            EventType = row.GetString(6),
            Payload = row.GetFieldValue<byte[]>(7),
            CreatedAt = row.Time(8),
            TraceParent = row.TextOrNull(9),
        };
        return new LogRecord(Topics.MessageProcessing, row.GetInt16(0), row.GetInt64(1), outbox.ToLogEvent());
    }

    private async Task<int> AdoptAsync(NpgsqlConnection connection, DateTimeOffset publishedAt, int limit, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var next = await connection.Command("select next_offset from event_log_heads where topic = 'message_processing' for update")
            .FirstAsync(static row => row.GetInt64(0), cancellationToken);
        const string select =
            """
            select id, conversation_id
            from outbox_events
            where published = false and log_partition is null
            order by conversation_id, seq, created_at
            limit $1
            """;
        var rows = await connection.Command(select).Long(limit).ListAsync(static row => (Id: row.GetGuid(0), ConversationId: row.GetString(1)), cancellationToken);
        const string update =
            """
            with place as (
              update event_log_heads
              set next_offset = next_offset + cardinality($1)
              where topic = 'message_processing'
            )
            update outbox_events o
            set log_offset = $3 + i.n - 1, log_partition = i.part, published = true, published_at = $4
            from unnest($1, $2) with ordinality i (id, part, n)
            where o.id = any(array[i.id])
            """;
        await connection.Command(update)
            .Add(rows.Select(static row => row.Id).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid)
            .Add(rows.Select(row => placement.Of(row.ConversationId)).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Smallint)
            .Long(next).Time(publishedAt)
            .RunAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return rows.Count;
    }
}
