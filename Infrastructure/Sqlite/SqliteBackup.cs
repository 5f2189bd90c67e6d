using Chat4All.Infrastructure.Backups;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Copies every row out of the file and into it.</summary>
internal static class SqliteBackup
{
    // The next outbox row comes behind the last that is there, also where PostgreSQL had deleted later ones: it must not lie behind what groups have committed.
    private const string LowerCommits =
        """
        update consumer_offsets
        set committed = min(committed, coalesce((select max(log_offset) from outbox_events), 0))
        where topic = 'message_processing'
        """;

    /// <summary>Writes what one read transaction sees; the writer goes on meanwhile.</summary>
    public static void Write(SqliteSession session, BackupWriter backup, CancellationToken cancellationToken)
    {
        session.Run("begin");
        foreach (var table in BackupSchema.Tables)
        {
            backup.BeginTable(table);
            using var rows = session.Prepare($"select {table.ColumnList} from {table.Name} {table.Order}");
            var values = new object?[table.Columns.Count];
            while (rows.Read())
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = Read(rows, i, table.Columns[i].Kind);
                }

                backup.WriteRow(values);
            }
        }

        session.Run("commit");
    }

    /// <summary>Replaces every row, within the caller's transaction.</summary>
    public static void Restore(SqliteSession session, BackupReader backup, CancellationToken cancellationToken)
    {
        foreach (var table in BackupSchema.Tables.Reverse())
        {
            session.Prepare($"delete from {table.Name}").Execute();
        }

        while (backup.NextTable() is { } table)
        {
            var insert = session.Prepare(
                $"insert into {table.Name} ({table.ColumnList}) values ({string.Join(", ", table.Columns.Select(static (_, i) => $"?{i + 1}"))})");
            while (backup.NextRow() is { } row)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Insert(insert, row);
            }
        }

        session.Prepare(LowerCommits).Execute();
    }

    private static object? Read(SqliteStatement row, int column, ColumnKind kind)
    {
        if (row.IsNull(column))
        {
            return null;
        }

        return kind switch
        {
            ColumnKind.Integer or ColumnKind.SmallInteger or ColumnKind.BigInteger => row.Long(column),
            ColumnKind.Flag => row.Long(column) != 0,
            _ => row.Text(column),
        };
    }

    private static void Insert(SqliteStatement insert, object?[] row)
    {
        foreach (var value in row)
        {
            _ = value switch
            {
                long number => insert.Bind(number),
                bool flag => insert.Bind(flag),
                _ => insert.Bind((string?)value),
            };
        }

        insert.Execute();
    }
}
