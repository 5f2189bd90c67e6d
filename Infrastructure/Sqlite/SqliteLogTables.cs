using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.CloudEvents;
using Chat4All.Infrastructure.EmbeddedLog;
using Chat4All.Infrastructure.Stores;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>The event log in SQLite. One process has the file, so a member has every partition, and the one writer puts offsets in the order of commits.</summary>
internal sealed class SqliteLogTables(SqliteDatabase database, OutboxPlacement placement, TimeProvider time) : ILogTables
{
    private const string SelectOutbox =
        """
        select log_partition, log_offset, id, conversation_id, seq, aggregate_id, event_type, payload, created_at, traceparent
        from outbox_events
        where log_offset > ?1 and log_partition is not null
        order by log_offset
        limit ?2
        """;

    private const string SelectLog =
        """
        select log_partition, log_offset, value
        from event_log
        where topic = ?1 and log_offset > ?2
        order by log_offset
        limit ?3
        """;

    private const string TakeOffsets =
        """
        insert into event_log_heads (topic, next_offset) values (?1, 1 + ?2)
        on conflict (topic) do update set next_offset = next_offset + ?2
        returning next_offset - ?2
        """;

    private const string Insert =
        """
        insert into event_log (topic, log_offset, log_partition, event_id, event_type, key, message_id, traceparent, value, created_at)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """;

    // What a group has not committed stays, and only the oldest are looked at.
    private const string Delete =
        """
        delete from event_log
        where topic = ?1 and log_offset in (
          select log_offset
          from (
            select log_offset, created_at
            from event_log
            where topic = ?1 and log_offset <= coalesce((select min(committed) from consumer_offsets where topic = ?1 and log_partition >= 0), 9223372036854775807)
            order by log_offset
            limit ?4)
          where created_at < ?2 or log_offset <= ?3)
        """;

    private const string SelectExtent =
        """
        with recursive extent as (
          select coalesce((select min(log_offset) from event_log where topic = ?1), next_offset) as oldest, next_offset - 1 as newest
          from event_log_heads
          where topic = ?1
        ), places as (
          select oldest as place from extent
          union all
          select place + (newest - oldest) / 200 + 1 from places, extent where place + (newest - oldest) / 200 + 1 <= newest
        )
        select
          oldest,
          newest,
          coalesce(
            (select cast(avg(length(cast((select value from event_log where topic = ?1 and log_offset >= place order by log_offset limit 1) as blob))) as integer) from places),
            0)
        from extent
        """;

    private const string Release =
        """
        update outbox_events
        set published = false, published_at = null, log_partition = null
        where log_offset in (
          select o.log_offset
          from outbox_events o
          where o.log_partition is not null
            and o.log_offset > coalesce((select min(committed) from consumer_offsets where topic = 'message_processing' and log_partition >= 0), 0)
            and o.log_offset > coalesce(
              (select min(c.committed) from consumer_offsets c where c.topic = 'message_processing' and c.log_partition = o.log_partition), 0)
          order by o.log_offset
          limit ?1)
        """;

    private const string SelectCommitted =
        """
        select log_partition, min(committed)
        from consumer_offsets
        where topic = ?1 and log_partition >= 0
        group by log_partition
        """;

    private const string Finish = "update consumer_offsets set committed = max(committed, ?2) where topic = ?1 and log_partition >= 0";

    private const string SelectUnplaced =
        """
        select id, conversation_id
        from outbox_events
        where published = false and log_partition is null
        order by conversation_id, seq, created_at
        limit ?1
        """;

    public bool IsShared => false;

    public Task<IReadOnlyList<LogRecord>> ReadAsync(string topic, long after, short[] partitions, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<LogRecord>>(session => topic == Topics.MessageProcessing ? ReadOutbox(session, after, limit) : ReadLog(session, topic, after, limit), cancellationToken);

    public Task AppendAsync(IReadOnlyList<TopicEvents> appends, CancellationToken cancellationToken) => database.WriteAsync(
        session =>
        {
            foreach (var append in appends)
            {
                var offset = session.Prepare(TakeOffsets).Bind(append.Topic).Bind(append.Events.Count).Single();
                foreach (var (one, partition, envelope) in append.Events)
                {
                    session.Prepare(Insert)
                        .Bind(append.Topic).Bind(offset++).Bind(partition).Bind(one.Id).Bind(one.Type).Bind(one.Key).Bind(one.MessageId).Bind(one.TraceParent).Bind(envelope)
                        .Bind(append.At)
                        .Execute();
                }
            }

            return true;
        },
        cancellationToken);

    public Task<IReadOnlyDictionary<string, long>> ReadHeadsAsync(CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyDictionary<string, long>>(
        static session =>
        {
            var heads = new Dictionary<string, long>(StringComparer.Ordinal)
            {
                [Topics.MessageProcessing] = session.Prepare("select coalesce(max(log_offset), 0) from outbox_events").Single(),
            };
            using var rows = session.Prepare("select topic, next_offset - 1 from event_log_heads");
            while (rows.Read())
            {
                heads.TryAdd(rows.Text(0), rows.Long(1));
            }

            return heads;
        },
        cancellationToken);

    public Task<GroupShare> ShareAsync(GroupMember member, int partitions, short[] released, CancellationToken cancellationToken) =>
        database.WriteAsync(session => Register(session, member, partitions), cancellationToken);

    public Task CommitAsync(GroupMember member, IReadOnlyList<LogPosition> done, CancellationToken cancellationToken) => database.WriteAsync(
        session =>
        {
            const string update =
                """
                update consumer_offsets
                set committed = max(committed, ?4), updated_at = ?5
                where consumer_group = ?1 and topic = ?2 and log_partition = ?3
                """;
            foreach (var (partition, offset) in done)
            {
                session.Prepare(update).Bind(member.Group).Bind(member.Topic).Bind(partition).Bind(offset).Bind(time.GetUtcNow()).Execute();
            }

            return true;
        },
        cancellationToken);

    public Task LeaveAsync(GroupMember member, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<int> DeleteAsync(string topic, DateTimeOffset before, long upTo, int limit, CancellationToken cancellationToken) =>
        database.WriteAsync(session => session.Prepare(Delete).Bind(topic).Bind(before).Bind(upTo).Bind(limit).Execute(), cancellationToken);

    public Task<TopicExtent> ReadExtentAsync(string topic, CancellationToken cancellationToken) => database.ReadAsync(
        session =>
        {
            using var row = session.Prepare(SelectExtent).Bind(topic);
            return row.Read() ? new TopicExtent(row.Long(0), row.Long(1), row.Long(2)) : new TopicExtent(1, 0, 0);
        },
        cancellationToken);

    public Task<int> AdoptAsync(DateTimeOffset publishedAt, int limit, CancellationToken cancellationToken) =>
        database.WriteAsync(session => Adopt(session, publishedAt, limit), cancellationToken);

    public Task<int> ReleaseAsync(int limit, CancellationToken cancellationToken) =>
        database.WriteAsync(session => session.Prepare(Release).Bind(limit).Execute(), cancellationToken);

    public Task<IReadOnlyDictionary<int, long>> ReadCommittedAsync(string topic, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyDictionary<int, long>>(
        session =>
        {
            using var rows = session.Prepare(SelectCommitted).Bind(topic);
            var committed = new Dictionary<int, long>();
            while (rows.Read())
            {
                committed.Add(rows.Int(0), rows.Long(1));
            }

            return committed;
        },
        cancellationToken);

    public Task FinishAsync(string topic, long upTo, CancellationToken cancellationToken) =>
        database.WriteAsync(session => session.Prepare(Finish).Bind(topic).Bind(upTo).Execute(), cancellationToken);

    private static List<LogRecord> ReadOutbox(SqliteSession session, long after, int limit)
    {
        using var rows = session.Prepare(SelectOutbox).Bind(after).Bind(limit);
        var records = new List<LogRecord>();
        while (rows.Read())
        {
            var row = new OutboxEvent
            {
                Id = Guid.Parse(rows.Text(2)),
                ConversationId = rows.Text(3),
                Seq = rows.Long(4),
                AggregateId = rows.Text(5),
                EventType = rows.Text(6),
                Payload = rows.Utf8(7),
                CreatedAt = rows.Time(8),
                TraceParent = rows.TextOrNull(9),
            };
            records.Add(new LogRecord(Topics.MessageProcessing, rows.Int(0), rows.Long(1), row.ToLogEvent()));
        }

        return records;
    }

    private static List<LogRecord> ReadLog(SqliteSession session, string topic, long after, int limit)
    {
        using var rows = session.Prepare(SelectLog).Bind(topic).Bind(after).Bind(limit);
        var records = new List<LogRecord>();
        while (rows.Read())
        {
            records.Add(new LogRecord(topic, rows.Int(0), rows.Long(1), CloudEventJson.Read(rows.Utf8(2))));
        }

        return records;
    }

    private GroupShare Register(SqliteSession session, GroupMember member, int partitions)
    {
        const string insert =
            """
            insert into consumer_offsets (consumer_group, topic, log_partition, updated_at) values (?1, ?2, ?3, ?4)
            on conflict do nothing
            """;
        for (var partition = 0; partition < partitions; partition++)
        {
            session.Prepare(insert).Bind(member.Group).Bind(member.Topic).Bind(partition).Bind(time.GetUtcNow()).Execute();
        }

        using var rows = session
            .Prepare("select log_partition, committed from consumer_offsets where consumer_group = ?1 and topic = ?2 and log_partition >= 0 order by log_partition")
            .Bind(member.Group).Bind(member.Topic);
        var owned = new List<(short, long)>();
        while (rows.Read())
        {
            owned.Add(((short)rows.Long(0), rows.Long(1)));
        }

        return new GroupShare(owned, []);
    }

    private int Adopt(SqliteSession session, DateTimeOffset publishedAt, int limit)
    {
        var unplaced = new List<(string Id, string ConversationId)>();
        using (var rows = session.Prepare(SelectUnplaced).Bind(limit))
        {
            while (rows.Read())
            {
                unplaced.Add((rows.Text(0), rows.Text(1)));
            }
        }

        var offset = session.Prepare("select coalesce(max(log_offset), 0) from outbox_events").Single();
        foreach (var (id, conversationId) in unplaced)
        {
            session.Prepare("update outbox_events set log_offset = ?2, log_partition = ?3, published = 1, published_at = ?4 where id = ?1")
                .Bind(id).Bind(++offset).Bind(placement.Of(conversationId)).Bind(publishedAt)
                .Execute();
        }

        return unplaced.Count;
    }
}
