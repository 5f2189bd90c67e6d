using Orleans;
using Orleans.Runtime;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Reminders in SQLite, for the Local engine.</summary>
internal sealed class SqliteReminderTable(SqliteDatabase database) : IReminderTable
{
    private const string Select = "select grain_id, name, start_at, period_ms, etag from reminders";

    public Task<ReminderTableData> ReadRows(GrainId grainId) =>
        database.ReadAsync(session => ReadAll(session.Prepare(Select + " where grain_id = ?1").Bind(grainId.ToString())), CancellationToken.None);

    // One process has every grain, so it asks for the whole ring; there is no column to look parts of it up by.
    public Task<ReminderTableData> ReadRows(uint begin, uint end) => database.ReadAsync(session => ReadAll(session.Prepare(Select)), CancellationToken.None);

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) => database.ReadAsync(
        session =>
        {
            using var row = session.Prepare(Select + " where grain_id = ?1 and name = ?2").Bind(grainId.ToString()).Bind(reminderName);
            return row.Read() ? Read(row) : null;
        },
        CancellationToken.None);

    public Task<string?> UpsertRow(ReminderEntry entry)
    {
        const string upsert =
            """
            insert into reminders (grain_id, name, start_at, period_ms, etag)
            values (?1, ?2, ?3, ?4, ?5)
            on conflict (grain_id, name) do update set start_at = excluded.start_at, period_ms = excluded.period_ms, etag = excluded.etag
            """;
        var tag = Guid.NewGuid().ToString("N");
        return database.WriteAsync<string?>(
            session =>
            {
                session.Prepare(upsert)
                    .Bind(entry.GrainId.ToString()).Bind(entry.ReminderName).Bind(new DateTimeOffset(entry.StartAt, TimeSpan.Zero))
                    .Bind((long)entry.Period.TotalMilliseconds).Bind(tag)
                    .Execute();
                return tag;
            },
            CancellationToken.None);
    }

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) => database.WriteAsync(
        session => session.Prepare("delete from reminders where grain_id = ?1 and name = ?2 and etag = ?3")
            .Bind(grainId.ToString()).Bind(reminderName).Bind(eTag)
            .Execute() > 0,
        CancellationToken.None);

    public Task TestOnlyClearTable() => database.WriteAsync(session => session.Prepare("delete from reminders").Execute(), CancellationToken.None);

    private static ReminderTableData ReadAll(SqliteStatement rows)
    {
        using (rows)
        {
            var entries = new List<ReminderEntry>();
            while (rows.Read())
            {
                entries.Add(Read(rows));
            }

            return new ReminderTableData(entries);
        }
    }

    private static ReminderEntry Read(SqliteStatement row) => new()
    {
        GrainId = GrainId.Parse(row.Text(0)),
        ReminderName = row.Text(1),
        StartAt = row.Time(2).UtcDateTime,
        Period = TimeSpan.FromMilliseconds(row.Long(3)),
        ETag = row.Text(4),
    };
}
