using Chat4All.Grains.Abstractions;
using Chat4All.Infrastructure.EmbeddedLog;

namespace Chat4All.Infrastructure.Sqlite;

/// <inheritdoc cref="IGroupProgress" />
internal sealed class SqliteGroupProgress(SqliteDatabase database) : IGroupProgress
{
    private const string SelectPlaces =
        """
        select topic, consumer_group, min(committed), cast(avg(committed) as integer)
        from consumer_offsets
        where log_partition >= 0
        group by topic, consumer_group
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
