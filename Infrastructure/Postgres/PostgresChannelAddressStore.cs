using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Users' addresses on the channels, in PostgreSQL.</summary>
internal sealed class PostgresChannelAddressStore(PostgresDatabase database) : IChannelAddressStore
{
    private const string Columns = "user_id, channel, address, linked_at, last_inbound_at";

    public Task<IReadOnlyList<ChannelAddress>> FindAsync(IReadOnlyCollection<string> userIds, string? channel, CancellationToken cancellationToken)
    {
        const string select = $"select {Columns} from channel_addresses where user_id = any($1) and ($2 is null or channel = $2) order by user_id, channel";
        return database.ReadAsync<IReadOnlyList<ChannelAddress>>(
            async connection => await connection.Command(select).Texts(userIds).Text(channel).ListAsync(Read, cancellationToken), cancellationToken);
    }

    public Task<ChannelAddress?> FindUserAsync(string channel, string address, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Command($"select {Columns} from channel_addresses where channel = $1 and address = $2")
            .Text(channel).Text(address).FirstAsync(Read, cancellationToken),
        cancellationToken);

    public Task<ChannelAddress> LinkAsync(string userId, string channel, string address, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => LinkAsync(connection, userId, channel, address, now, cancellationToken), cancellationToken);

    public Task<bool> UnlinkAsync(string userId, string channel, CancellationToken cancellationToken) => database.WriteAsync(
        async connection => await connection.Command("delete from channel_addresses where user_id = $1 and channel = $2")
            .Text(userId).Text(channel).RunAsync(cancellationToken) > 0,
        cancellationToken);

    public Task NoteInboundAsync(string channel, string address, DateTimeOffset at, CancellationToken cancellationToken)
    {
        const string update =
            """
            update channel_addresses
            set last_inbound_at = $3
            where channel = $1 and address = $2 and (last_inbound_at is null or last_inbound_at < $3)
            """;
        return database.WriteAsync(connection => connection.Command(update).Text(channel).Text(address).Time(at).RunAsync(cancellationToken), cancellationToken);
    }

    private static async Task<ChannelAddress> LinkAsync(
        NpgsqlConnection connection, string userId, string channel, string address, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Another address is another person's until it has written: what is known of the old one does not hold for it.
        const string upsert =
            $"""
            insert into channel_addresses as a (user_id, channel, address, linked_at)
            select u.id, $2, $3, $4
            from users u
            where u.id = $1 and u.deleted_at is null
            on conflict (user_id, channel) do update
            set address = excluded.address,
                linked_at = case when a.address = excluded.address then a.linked_at else excluded.linked_at end,
                last_inbound_at = case when a.address = excluded.address then a.last_inbound_at end
            returning {Columns}
            """;
        try
        {
            return await connection.Command(upsert).Text(userId).Text(channel).Text(address).Time(now).FirstAsync(Read, cancellationToken)
                ?? throw StoreErrors.NoSuchUser();
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw StoreErrors.AddressTaken();
        }
    }

    private static ChannelAddress Read(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2), row.Time(3), row.TimeOrNull(4));
}
