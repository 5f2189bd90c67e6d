using Chat4All.Grains.Abstractions;
using Chat4All.Infrastructure.EmbeddedLog;

namespace Chat4All.Infrastructure.Postgres;

/// <inheritdoc cref="IGroupProgress" />
internal sealed class PostgresGroupProgress(PostgresDatabase database) : IGroupProgress
{
    // A new group's partitions begin at 0, and so do new partitions of an old group; nobody is behind by what has long been deleted.
    private const string SelectPlaces =
        """
        with starts as (
          select
            h.topic,
            coalesce(
              case when h.topic = 'message_processing'
                then (select log_offset from outbox_events where log_partition is not null order by log_offset limit 1)
                else (select log_offset from event_log where topic = h.topic order by log_offset limit 1)
              end,
              h.next_offset) - 1 as passed
          from event_log_heads h
        )
        select c.topic, c.consumer_group, min(greatest(c.committed, s.passed)), avg(greatest(c.committed, s.passed))::float8
        from consumer_offsets c
        left join starts s on s.topic = c.topic
        where c.log_partition >= 0
        group by c.topic, c.consumer_group
        """;

    private const string CountOutbox =
        """
        select count(*)
        from outbox_events e
        join consumer_offsets c on c.consumer_group = $2 and c.topic = $1 and c.log_partition = e.log_partition
        where e.log_partition is not null and e.log_offset > $3 and e.log_offset > c.committed
        """;

    private const string CountLog =
        """
        select count(*)
        from event_log e
        join consumer_offsets c on c.consumer_group = $2 and c.topic = $1 and c.log_partition = e.log_partition
        where e.topic = $1 and e.log_offset > $3 and e.log_offset > c.committed
        """;

    public Task<IReadOnlyList<GroupPlace>> ReadPlacesAsync(CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<GroupPlace>>(
        async connection => await connection.Command(SelectPlaces)
            .ListAsync(static row => new GroupPlace(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetDouble(3)), cancellationToken),
        cancellationToken);

    public Task<long> CountUncommittedAsync(string topic, string group, long after, CancellationToken cancellationToken) => database.ReadAsync(
        async connection => (await connection.Command(topic == Topics.MessageProcessing ? CountOutbox : CountLog).Text(topic).Text(group).Long(after)
            .ListAsync(static row => row.GetInt64(0), cancellationToken))[0],
        cancellationToken);
}
