using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Deliveries in PostgreSQL.</summary>
internal sealed class PostgresDeliveryStore(PostgresDatabase database, OutboxPlacement placement, OutboxTail tail) : IDeliveryStore
{
    private const int InsertChunk = 5_000;

    private readonly PostgresDeliveryUpdate _update = new(placement, tail);

    public async Task InsertAsync(IReadOnlyCollection<NewDelivery> deliveries, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string insert =
            """
            insert into message_deliveries (message_id, recipient, channel, status, created_at, updated_at)
            select i.message_id, i.recipient, i.channel, 0, $4, $4
            from unnest($1, $2, $3) i (message_id, recipient, channel)
            on conflict do nothing
            """;

        // In key order, as every process has it: of two that insert the same rows at once, one waits for the other, and never both.
        var ordered = deliveries
            .OrderBy(static delivery => delivery.MessageId, StringComparer.Ordinal)
            .ThenBy(static delivery => delivery.Recipient, StringComparer.Ordinal)
            .ThenBy(static delivery => delivery.Channel, StringComparer.Ordinal);
        foreach (var chunk in ordered.Chunk(InsertChunk))
        {
            await database.WriteAsync(
                connection => connection.Command(insert)
                    .Texts(chunk.Select(static delivery => delivery.MessageId))
                    .Texts(chunk.Select(static delivery => delivery.Recipient))
                    .Texts(chunk.Select(static delivery => delivery.Channel))
                    .Time(now)
                    .RunAsync(cancellationToken),
                cancellationToken);
        }
    }

    public Task<DeliveryChanges> RecordAsync(IReadOnlyList<DeliveryUpdate> updates, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => _update.WriteAsync(connection, updates, now), cancellationToken);

    public Task<DeliveryRecord?> FindAsync(string messageId, string recipient, string channel, CancellationToken cancellationToken)
    {
        const string select = $"select {PostgresDeliveryRows.Columns} from message_deliveries where message_id = $1 and recipient = $2 and channel = $3";
        return database.ReadAsync(
            connection => connection.Command(select).Text(messageId).Text(recipient).Text(channel).FirstAsync(PostgresDeliveryRows.Read, cancellationToken), cancellationToken);
    }

    public Task<IReadOnlyList<ExternalDelivery>> FindByExternalIdsAsync(string channel, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken)
    {
        const string select =
            """
            select d.external_id, m.conversation_id, d.message_id, d.recipient
            from message_deliveries d
            join messages m on m.id = any(array[d.message_id])
            where d.channel = $1 and d.external_id = any($2) and d.external_id is not null
            """;
        return database.ReadAsync<IReadOnlyList<ExternalDelivery>>(
            async connection => await connection.Command(select).Text(channel).Texts(externalIds)
                .ListAsync(static row => new ExternalDelivery(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)), cancellationToken),
            cancellationToken);
    }

    public Task<IReadOnlyList<string>> ListUnconfirmedAsync(
        string channel, string recipient, MessageStatus below, DateTimeOffset upTo, int limit, CancellationToken cancellationToken)
    {
        const string select =
            """
            select external_id
            from message_deliveries
            where channel = $1 and recipient = $2 and sent_at <= $3 and status in (1, 2) and status < $4
              and channel in ('instagram', 'messenger') and external_id is not null
            order by sent_at
            limit $5
            """;
        return database.ReadAsync<IReadOnlyList<string>>(
            async connection => await connection.Command(select).Text(channel).Text(recipient).Time(upTo).Short((short)below).Long(limit)
                .ListAsync(static row => row.GetString(0), cancellationToken),
            cancellationToken);
    }

    public Task<IReadOnlySet<string>> FindMessagesAsync(IReadOnlyCollection<string> messageIds, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlySet<string>>(
        async connection => (await connection.Command("select id from messages where id = any($1)").Texts(messageIds).ListAsync(static row => row.GetString(0), cancellationToken)).ToHashSet(StringComparer.Ordinal),
        cancellationToken);

    public Task<ILookup<string, string>> ListMembersAsync(IReadOnlyCollection<string> conversationIds, CancellationToken cancellationToken)
    {
        const string select =
            """
            select conversation_id, user_id
            from conversation_members
            where conversation_id = any($1)
            order by conversation_id, joined_seq, position
            """;
        return database.ReadAsync(
            async connection =>
            {
                var members = await connection.Command(select).Texts(conversationIds)
                    .ListAsync(static row => (Conversation: row.GetString(0), User: row.GetString(1)), cancellationToken);
                return members.ToLookup(static member => member.Conversation, static member => member.User);
            },
            cancellationToken);
    }
}
