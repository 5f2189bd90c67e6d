using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Deliveries in SQLite.</summary>
internal sealed class SqliteDeliveryStore(SqliteDatabase database, OutboxPlacement placement, OutboxTail tail) : IDeliveryStore
{
    /// <summary>Rows of one piece of the writer's work, so that a large fan-out does not keep appends waiting.</summary>
    private const int InsertChunk = 1_000;

    public async Task InsertAsync(IReadOnlyCollection<NewDelivery> deliveries, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string insert =
            """
            insert into message_deliveries (message_id, recipient, channel, status, created_at, updated_at)
            values (?1, ?2, ?3, 0, ?4, ?4)
            on conflict do nothing
            """;
        foreach (var chunk in deliveries.Chunk(InsertChunk))
        {
            await database.WriteAsync(
                session =>
                {
                    foreach (var (messageId, recipient, channel) in chunk)
                    {
                        session.Prepare(insert).Bind(messageId).Bind(recipient).Bind(channel).Bind(now).Execute();
                    }

                    return true;
                },
                cancellationToken);
        }
    }

    public async Task<DeliveryChanges> RecordAsync(IReadOnlyList<DeliveryUpdate> updates, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (changes, firstOffset) = await database.WriteAsync(session => SqliteDeliveryUpdate.Write(session, updates, now, placement), cancellationToken);
        tail.Add(firstOffset, OutboxTail.RowsOf(changes.Messages));
        return changes;
    }

    public Task<DeliveryRecord?> FindAsync(string messageId, string recipient, string channel, CancellationToken cancellationToken) => database.ReadAsync(
        session =>
        {
            using var row = session.Prepare(SqliteDeliveryRows.Select + " where d.message_id = ?1 and d.recipient = ?2 and d.channel = ?3")
                .Bind(messageId).Bind(recipient).Bind(channel);
            return row.Read() ? SqliteDeliveryRows.Read(row) : null;
        },
        cancellationToken);

    public Task<IReadOnlyList<ExternalDelivery>> FindByExternalIdsAsync(string channel, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken)
    {
        const string select =
            """
            select m.conversation_id, d.message_id, d.recipient
            from message_deliveries d
            join messages m on m.id = d.message_id
            where d.channel = ?1 and d.external_id = ?2 and d.external_id is not null
            """;
        return database.ReadAsync<IReadOnlyList<ExternalDelivery>>(
            session =>
            {
                var found = new List<ExternalDelivery>();
                foreach (var externalId in externalIds.Distinct())
                {
                    using var rows = session.Prepare(select).Bind(channel).Bind(externalId);
                    while (rows.Read())
                    {
                        found.Add(new ExternalDelivery(externalId, rows.Text(0), rows.Text(1), rows.Text(2)));
                    }
                }

                return found;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<string>> ListUnconfirmedAsync(
        string channel, string recipient, MessageStatus below, DateTimeOffset upTo, int limit, CancellationToken cancellationToken)
    {
        const string select =
            """
            select external_id
            from message_deliveries
            where channel = ?1 and recipient = ?2 and sent_at <= ?3 and status in (1, 2) and status < ?4
              and channel in ('instagram', 'messenger') and external_id is not null
            order by sent_at
            limit ?5
            """;
        return database.ReadAsync<IReadOnlyList<string>>(
            session =>
            {
                using var rows = session.Prepare(select).Bind(channel).Bind(recipient).Bind(upTo).Bind((long)below).Bind(limit);
                var ids = new List<string>();
                while (rows.Read())
                {
                    ids.Add(rows.Text(0));
                }

                return ids;
            },
            cancellationToken);
    }

    public Task<IReadOnlySet<string>> FindMessagesAsync(IReadOnlyCollection<string> messageIds, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlySet<string>>(
        session =>
        {
            var found = new HashSet<string>(StringComparer.Ordinal);
            foreach (var messageId in messageIds)
            {
                using var row = session.Prepare("select 1 from messages where id = ?1").Bind(messageId);
                if (row.Read())
                {
                    found.Add(messageId);
                }
            }

            return found;
        },
        cancellationToken);

    public Task<ILookup<string, string>> ListMembersAsync(IReadOnlyCollection<string> conversationIds, CancellationToken cancellationToken)
    {
        const string select = "select user_id from conversation_members where conversation_id = ?1 order by joined_seq, position";
        return database.ReadAsync(
            session =>
            {
                var members = new List<(string Conversation, string User)>();
                foreach (var conversationId in conversationIds.Distinct())
                {
                    using var rows = session.Prepare(select).Bind(conversationId);
                    while (rows.Read())
                    {
                        members.Add((conversationId, rows.Text(0)));
                    }
                }

                return members.ToLookup(static member => member.Conversation, static member => member.User);
            },
            cancellationToken);
    }
}
