using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Dead letters in SQLite.</summary>
internal sealed class SqliteDeadLetterStore(SqliteDatabase database) : IDeadLetterStore
{
    private const string Columns =
        "id, topic, consumer_group, event_id, event_type, key, message_id, recipient, channel, reason, attempts, event, created_at, replayed_at";

    public Task AddAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        const string upsert =
            $"""
            insert into dead_letters ({Columns})
            values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, null)
            on conflict (consumer_group, event_id) do update
            set reason = excluded.reason, attempts = excluded.attempts, event = excluded.event, created_at = excluded.created_at, replayed_at = null
            """;
        return database.WriteAsync(
            session => session.Prepare(upsert)
                .Bind(letter.Id).Bind(letter.Topic).Bind(letter.Group).Bind(letter.EventId).Bind(letter.EventType).Bind(letter.Key).Bind(letter.MessageId)
                .Bind(letter.Recipient).Bind(letter.Channel).Bind(letter.Reason).Bind(letter.Attempts).Bind(letter.Event).Bind(letter.CreatedAt)
                .Execute(),
            cancellationToken);
    }

    public Task<IReadOnlyList<DeadLetter>> ListAsync(DeadLetterPosition? before, int offset, int limit, CancellationToken cancellationToken)
    {
        const string select =
            $"""
            select {Columns}
            from dead_letters
            where replayed_at is null and (created_at, id) < (?1, ?2)
            order by created_at desc, id desc
            limit ?3 offset ?4
            """;
        return database.ReadAsync<IReadOnlyList<DeadLetter>>(
            session =>
            {
                using var rows = session.Prepare(select)
                    .Bind(before?.CreatedAt ?? DateTimeOffset.MaxValue).Bind(before?.Id ?? string.Empty).Bind(limit).Bind(offset);
                var letters = new List<DeadLetter>();
                while (rows.Read())
                {
                    letters.Add(Read(rows));
                }

                return letters;
            },
            cancellationToken);
    }

    public Task<DeadLetter?> FindAsync(string id, CancellationToken cancellationToken) => database.ReadAsync(
        session =>
        {
            using var row = session.Prepare($"select {Columns} from dead_letters where id = ?1").Bind(id);
            return row.Read() ? Read(row) : null;
        },
        cancellationToken);

    public Task MarkReplayedAsync(DeadLetter letter, AuditEntry entry, CancellationToken cancellationToken) => ChangeAsync(
        session => session.Prepare("update dead_letters set replayed_at = iif(created_at = ?3, ?2, null) where id = ?1 and replayed_at is null")
            .Bind(letter.Id).Bind(entry.At).Bind(letter.CreatedAt),
        entry,
        cancellationToken);

    public Task<bool> DeleteAsync(string id, AuditEntry entry, CancellationToken cancellationToken) => ChangeAsync(
        session => session.Prepare("delete from dead_letters where id = ?1").Bind(id), entry, cancellationToken);

    public Task<int> PurgeAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        const string letters = "delete from dead_letters where id in (select id from dead_letters where replayed_at < ?1 limit ?2)";
        const string entries = "delete from audit_log where id in (select id from audit_log where created_at < ?1 order by created_at, id limit ?2)";
        return database.WriteAsync(
            session => session.Prepare(letters).Bind(before).Bind(limit).Execute() + session.Prepare(entries).Bind(before).Bind(limit).Execute(), cancellationToken);
    }

    /// <summary>Changes a row and, if there was one to change, says so in the audit log.</summary>
    private Task<bool> ChangeAsync(Func<SqliteSession, SqliteStatement> change, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        session =>
        {
            if (change(session).Execute() == 0)
            {
                return false;
            }

            session.Prepare("insert into audit_log (id, actor, action, subject, detail, created_at) values (?1, ?2, ?3, ?4, ?5, ?6)")
                .Bind(entry.Id).Bind(entry.Actor).Bind(entry.Action).Bind(entry.Subject).Bind(entry.Detail).Bind(entry.At)
                .Execute();
            return true;
        },
        cancellationToken);

    private static DeadLetter Read(SqliteStatement row) => new()
    {
        Id = row.Text(0),
        Topic = row.Text(1),
        Group = row.Text(2),
        EventId = row.Text(3),
        EventType = row.Text(4),
        Key = row.Text(5),
        MessageId = row.TextOrNull(6),
        Recipient = row.TextOrNull(7),
        Channel = row.TextOrNull(8),
        Reason = row.Text(9),
        Attempts = row.Int(10),
        Event = row.Text(11),
        CreatedAt = row.Time(12),
        ReplayedAt = row.TimeOrNull(13),
    };
}
