using System.Data;
using System.Globalization;
using Chat4All.Grains.Events;
using Chat4All.Infrastructure.Backups;
using Npgsql;
using NpgsqlTypes;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Copies every row out of the database and into it.</summary>
internal static class PostgresBackup
{
    // SQLite keeps no head of message_processing: its rows are the head. No offset may be given out twice.
    private const string RaiseHead =
        """
        insert into event_log_heads (topic, next_offset)
        select 'message_processing', greatest(
          coalesce((select max(log_offset) from outbox_events where log_partition is not null), 0),
          coalesce((select max(committed) from consumer_offsets where topic = 'message_processing'), 0)) + 1
        on conflict (topic) do update set next_offset = greatest(event_log_heads.next_offset, excluded.next_offset)
        """;

    /// <summary>Writes what one repeatable-read transaction sees; writers go on meanwhile.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, BackupWriter backup, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        foreach (var table in BackupSchema.Tables)
        {
            backup.BeginTable(table);
            await using var command = connection.Command($"select {table.ColumnList} from {table.Name} {table.Order}");
            command.CommandTimeout = 0;
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            var values = new object?[table.Columns.Count];
            while (await rows.ReadAsync(cancellationToken))
            {
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = rows.IsDBNull(i) ? null : Read(rows, i, table.Columns[i].Kind);
                }

                backup.WriteRow(values);
            }
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Replaces every row in one transaction.</summary>
    public static async Task RestoreAsync(NpgsqlConnection connection, BackupReader backup, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.Command($"truncate {string.Join(", ", BackupSchema.Tables.Select(static table => table.Name))}").RunAsync(cancellationToken);
        while (backup.NextTable() is { } table)
        {
            await using var import = await connection.BeginBinaryImportAsync($"copy {table.Name} ({table.ColumnList}) from stdin (format binary)", cancellationToken);
            import.Timeout = TimeSpan.FromHours(1);
            while (backup.NextRow() is { } row)
            {
                await import.StartRowAsync(cancellationToken);
                for (var i = 0; i < row.Length; i++)
                {
                    await WriteAsync(import, row[i], table.Columns[i].Kind, cancellationToken);
                }
            }

            await import.CompleteAsync(cancellationToken);
        }

        await connection.Command(RaiseHead).RunAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await connection.Command("analyze").RunAsync(cancellationToken);
    }

    private static object Read(NpgsqlDataReader row, int column, ColumnKind kind) => kind switch
    {
        ColumnKind.SmallInteger => (long)row.GetInt16(column),
        ColumnKind.Integer => (long)row.GetInt32(column),
        ColumnKind.BigInteger => row.GetInt64(column),
        ColumnKind.Flag => row.GetBoolean(column),
        ColumnKind.Time => row.GetDateTime(column).ToString(EventJson.TimestampFormat, CultureInfo.InvariantCulture),
        ColumnKind.Uuid => row.GetGuid(column).ToString(),
        _ => row.GetString(column),
    };

    private static Task WriteAsync(NpgsqlBinaryImporter import, object? value, ColumnKind kind, CancellationToken cancellationToken) => (value, kind) switch
    {
        (null, _) => import.WriteNullAsync(cancellationToken),
        (long number, ColumnKind.SmallInteger) => import.WriteAsync((short)number, NpgsqlDbType.Smallint, cancellationToken),
        (long number, ColumnKind.Integer) => import.WriteAsync((int)number, NpgsqlDbType.Integer, cancellationToken),
        (long number, _) => import.WriteAsync(number, NpgsqlDbType.Bigint, cancellationToken),
        (bool flag, _) => import.WriteAsync(flag, NpgsqlDbType.Boolean, cancellationToken),
        (string time, ColumnKind.Time) => import.WriteAsync(ParseTime(time), NpgsqlDbType.TimestampTz, cancellationToken),
        (string uuid, ColumnKind.Uuid) => import.WriteAsync(Guid.Parse(uuid), NpgsqlDbType.Uuid, cancellationToken),
        (string json, ColumnKind.Json) => import.WriteAsync(json, NpgsqlDbType.Jsonb, cancellationToken),
        _ => import.WriteAsync((string)value, NpgsqlDbType.Text, cancellationToken),
    };

    private static DateTime ParseTime(string time) => DateTime.ParseExact(
        time, EventJson.TimestampFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
