using Npgsql;
using Orleans;
using Orleans.Runtime;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Reminders in PostgreSQL, for the Local engine; Orleans brings its own table.</summary>
internal sealed class PostgresReminderTable(PostgresDatabase database) : IReminderTable
{
    private const string Select = "select grain_id, name, start_at, period_ms, etag from reminders";

    public Task<ReminderTableData> ReadRows(GrainId grainId) =>
        ReadAllAsync(connection => connection.Command(Select + " where grain_id = $1").Text(grainId.ToString()));

    // One process has every grain, so it asks for the whole ring; there is no column to look parts of it up by.
    public Task<ReminderTableData> ReadRows(uint begin, uint end) => ReadAllAsync(static connection => connection.Command(Select));

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) => database.ReadAsync(
        connection => connection.Command(Select + " where grain_id = $1 and name = $2").Text(grainId.ToString()).Text(reminderName).FirstAsync(Read, CancellationToken.None),
        CancellationToken.None);

    public Task<string?> UpsertRow(ReminderEntry entry)
    {
        const string upsert =
            """
            insert into reminders (grain_id, name, start_at, period_ms, etag)
            values ($1, $2, $3, $4, $5)
            on conflict (grain_id, name) do update set start_at = excluded.start_at, period_ms = excluded.period_ms, etag = excluded.etag
            """;
        var tag = Guid.NewGuid().ToString("N");
        return database.WriteAsync<string?>(
            async connection =>
            {
                await connection.Command(upsert)
                    .Text(entry.GrainId.ToString()).Text(entry.ReminderName).Time(new DateTimeOffset(entry.StartAt, TimeSpan.Zero))
                    .Long((long)entry.Period.TotalMilliseconds).Text(tag)
                    .RunAsync(CancellationToken.None);
                return tag;
            },
            CancellationToken.None);
    }

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) => database.WriteAsync(
        async connection => await connection.Command("delete from reminders where grain_id = $1 and name = $2 and etag = $3")
            .Text(grainId.ToString()).Text(reminderName).Text(eTag)
            .RunAsync(CancellationToken.None) > 0,
        CancellationToken.None);

    public Task TestOnlyClearTable() =>
        database.WriteAsync(static connection => connection.Command("delete from reminders").RunAsync(CancellationToken.None), CancellationToken.None);

    private Task<ReminderTableData> ReadAllAsync(Func<NpgsqlConnection, NpgsqlCommand> query) => database.ReadAsync(
        async connection => new ReminderTableData(await query(connection).ListAsync(Read, CancellationToken.None)), CancellationToken.None);

    private static ReminderEntry Read(NpgsqlDataReader row) => new()
    {
        GrainId = GrainId.Parse(row.GetString(0)),
        ReminderName = row.GetString(1),
        StartAt = row.Time(2).UtcDateTime,
        Period = TimeSpan.FromMilliseconds(row.GetInt64(3)),
        ETag = row.GetString(4),
    };
}
