using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;
using Microsoft.Data.Sqlite;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Users' addresses on the channels, in SQLite.</summary>
internal sealed class SqliteChannelAddressStore(SqliteDatabase database) : IChannelAddressStore
{
    private const string Select = "select user_id, channel, address, linked_at, last_inbound_at from channel_addresses";

    public Task<IReadOnlyList<ChannelAddress>> FindAsync(IReadOnlyCollection<string> userIds, string? channel, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ChannelAddress>>(
            session =>
            {
                var addresses = new List<ChannelAddress>();
                foreach (var userId in userIds.Distinct().Order(StringComparer.Ordinal))
                {
                    using var rows = session.Prepare(Select + " where user_id = ?1 and (?2 is null or channel = ?2) order by channel").Bind(userId).Bind(channel);
                    while (rows.Read())
                    {
                        addresses.Add(Read(rows));
                    }
                }

                return addresses;
            },
            cancellationToken);

    public Task<ChannelAddress?> FindUserAsync(string channel, string address, CancellationToken cancellationToken) => database.ReadAsync(
        session =>
        {
            using var row = session.Prepare(Select + " where channel = ?1 and address = ?2").Bind(channel).Bind(address);
            return row.Read() ? Read(row) : null;
        },
        cancellationToken);

    public Task<ChannelAddress> LinkAsync(string userId, string channel, string address, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(session => Link(session, userId, channel, address, now), cancellationToken);

    public Task<bool> UnlinkAsync(string userId, string channel, CancellationToken cancellationToken) => database.WriteAsync(
        session => session.Prepare("delete from channel_addresses where user_id = ?1 and channel = ?2").Bind(userId).Bind(channel).Execute() > 0, cancellationToken);

    public Task NoteInboundAsync(string channel, string address, DateTimeOffset at, CancellationToken cancellationToken)
    {
        const string update =
            """
            update channel_addresses
            set last_inbound_at = ?3
            where channel = ?1 and address = ?2 and (last_inbound_at is null or last_inbound_at < ?3)
            """;
        return database.WriteAsync(session => session.Prepare(update).Bind(channel).Bind(address).Bind(at).Execute(), cancellationToken);
    }

    private static ChannelAddress Link(SqliteSession session, string userId, string channel, string address, DateTimeOffset now)
    {
        // Another address is another person's until it has written: what is known of the old one does not hold for it.
        const string upsert =
            """
            insert into channel_addresses as a (user_id, channel, address, linked_at)
            select u.id, ?2, ?3, ?4
            from users u
            where u.id = ?1 and u.deleted_at is null
            on conflict (user_id, channel) do update
            set address = excluded.address,
                linked_at = iif(a.address = excluded.address, a.linked_at, excluded.linked_at),
                last_inbound_at = iif(a.address = excluded.address, a.last_inbound_at, null)
            """;
        try
        {
            if (session.Prepare(upsert).Bind(userId).Bind(channel).Bind(address).Bind(now).Execute() == 0)
            {
                throw StoreErrors.NoSuchUser();
            }
        }
        catch (SqliteException refused) when (refused.IsDuplicate())
        {
            throw StoreErrors.AddressTaken();
        }

        using var row = session.Prepare(Select + " where user_id = ?1 and channel = ?2").Bind(userId).Bind(channel);
        row.Read();
        return Read(row);
    }

    private static ChannelAddress Read(SqliteStatement row) => new(row.Text(0), row.Text(1), row.Text(2), row.Time(3), row.TimeOrNull(4));
}
