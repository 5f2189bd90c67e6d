using Chat4All.Grains.Ports;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Dead letters in PostgreSQL.</summary>
internal sealed class PostgresDeadLetterStore(PostgresDatabase database) : IDeadLetterStore
{
    private const string Columns =
        "id, topic, consumer_group, event_id, event_type, key, message_id, recipient, channel, reason, attempts, event, created_at, replayed_at";

    public Task AddAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        const string upsert =
            $"""
            insert into dead_letters ({Columns})
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, null)
            on conflict (consumer_group, event_id) do update
            set reason = excluded.reason, attempts = excluded.attempts, event = excluded.event, created_at = excluded.created_at, replayed_at = null
            """;
        return database.WriteAsync(
            connection => connection.Command(upsert)
                .Text(letter.Id).Text(letter.Topic).Text(letter.Group).Text(letter.EventId).Text(letter.EventType).Text(letter.Key).Text(letter.MessageId)
                .Text(letter.Recipient).Text(letter.Channel).Text(letter.Reason).Add(letter.Attempts, NpgsqlTypes.NpgsqlDbType.Integer).Text(letter.Event).Time(letter.CreatedAt)
                .RunAsync(cancellationToken),
            cancellationToken);
    }

    public Task<IReadOnlyList<DeadLetter>> ListAsync(DeadLetterPosition? before, int offset, int limit, CancellationToken cancellationToken)
    {
        const string select =
            $"""
            select {Columns}
            from dead_letters
            where replayed_at is null and (created_at, id) < ($1, $2)
            order by created_at desc, id desc
            limit $3 offset $4
            """;
        return database.ReadAsync<IReadOnlyList<DeadLetter>>(
            async connection => await connection.Command(select)
                .Time(before?.CreatedAt ?? DateTimeOffset.MaxValue).Text(before?.Id ?? string.Empty).Long(limit).Long(offset)
                .ListAsync(Read, cancellationToken),
            cancellationToken);
    }

    public Task<DeadLetter?> FindAsync(string id, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Command($"select {Columns} from dead_letters where id = $1").Text(id).FirstAsync(Read, cancellationToken), cancellationToken);

    public Task MarkReplayedAsync(DeadLetter letter, AuditEntry entry, CancellationToken cancellationToken) => ChangeAsync(
        connection => connection.Command("update dead_letters set replayed_at = case when created_at = $3 then $2 end where id = $1 and replayed_at is null")
            .Text(letter.Id).Time(entry.At).Time(letter.CreatedAt),
        entry,
        cancellationToken);

    public Task<bool> DeleteAsync(string id, AuditEntry entry, CancellationToken cancellationToken) => ChangeAsync(
        connection => connection.Command("delete from dead_letters where id = $1").Text(id), entry, cancellationToken);

    public Task<int> PurgeAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        const string letters = "delete from dead_letters where id in (select id from dead_letters where replayed_at < $1 limit $2)";
        const string entries = "delete from audit_log where id in (select id from audit_log where created_at < $1 order by created_at, id limit $2)";
        return database.WriteAsync(
            async connection => await connection.Command(letters).Time(before).Long(limit).RunAsync(cancellationToken)
                + await connection.Command(entries).Time(before).Long(limit).RunAsync(cancellationToken),
            cancellationToken);
    }

    /// <summary>Changes a row and, if there was one to change, says so in the audit log.</summary>
    private Task<bool> ChangeAsync(Func<NpgsqlConnection, NpgsqlCommand> change, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await change(connection).RunAsync(cancellationToken) == 0)
            {
                return false;
            }

            await connection.Command("insert into audit_log (id, actor, action, subject, detail, created_at) values ($1, $2, $3, $4, $5, $6)")
                .Text(entry.Id).Text(entry.Actor).Text(entry.Action).Text(entry.Subject).Text(entry.Detail).Time(entry.At)
                .RunAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    private static DeadLetter Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetString(0),
        Topic = row.GetString(1),
        Group = row.GetString(2),
        EventId = row.GetString(3),
        EventType = row.GetString(4),
        Key = row.GetString(5),
        MessageId = row.TextOrNull(6),
        Recipient = row.TextOrNull(7),
        Channel = row.TextOrNull(8),
        Reason = row.GetString(9),
        Attempts = row.GetInt32(10),
        Event = row.GetString(11),
        CreatedAt = row.Time(12),
        ReplayedAt = row.TimeOrNull(13),
    };
}
