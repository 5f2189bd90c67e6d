using Chat4All.Grains.Abstractions;
using Chat4All.Infrastructure.EmbeddedLog;

namespace Chat4All.Infrastructure.Sqlite;

/// <inheritdoc cref="IGroupProgress" />
internal sealed class SqliteGroupProgress(SqliteDatabase database) : IGroupProgress
{
    // A new group's partitions begin at 0, and so do new partitions of an old group; nobody is behind by what has long been deleted.
    private const string SelectPlaces =
        """
        with starts as (
          select 'message_processing' as topic, (select min(log_offset) from outbox_events) - 1 as passed
          union all
          select h.topic, coalesce((select min(log_offset) from event_log where topic = h.topic), h.next_offset) - 1
          from event_log_heads h
          where h.topic <> 'message_processing'
        )
        select c.topic, c.consumer_group, min(max(c.committed, coalesce(s.passed, 0))), cast(avg(max(c.committed, coalesce(s.passed, 0))) as integer)
        from consumer_offsets c
        left join starts s on s.topic = c.topic
        where c.log_partition >= 0
        group by c.topic, c.consumer_group
        """;

    private const string CountOutbox =
        """
        select count(*)
        from outbox_events e
        cross join consumer_offsets c on c.consumer_group = ?2 and c.topic = ?1 and c.log_partition = e.log_partition
        where e.log_offset > ?3 and e.log_offset > c.committed
        """;

    private const string CountLog =
        """
        select count(*)
        from event_log e
        cross join consumer_offsets c on c.consumer_group = ?2 and c.topic = ?1 and c.log_partition = e.log_partition
        where e.topic = ?1 and e.log_offset > ?3 and e.log_offset > c.committed
        """;

    public Task<IReadOnlyList<GroupPlace>> ReadPlacesAsync(CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<GroupPlace>>(
        static session =>
        {
            using var rows = session.Prepare(SelectPlaces);
            var places = new List<GroupPlace>();
            while (rows.Read())
            {
                places.Add(new GroupPlace(rows.Text(0), rows.Text(1), rows.Long(2), rows.Long(3)));
            }

            return places;
        },
        cancellationToken);

    public Task<long> CountUncommittedAsync(string topic, string group, long after, CancellationToken cancellationToken) => database.ReadAsync(
        session => session.Prepare(topic == Topics.MessageProcessing ? CountOutbox : CountLog).Bind(topic).Bind(group).Bind(after).Single(), cancellationToken);
}
