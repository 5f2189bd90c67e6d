using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>One connection and the statements prepared on it. Used by one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    private int _works;
    private bool _hasSavepoint;

    private SqliteSession(SqliteConnection connection) => _connection = connection;

    /// <summary>Whether a transaction is open; SQLite ends one by itself after some failures.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>Begins the writer's transaction.</summary>
    public void Begin()
    {
        Prepare("begin immediate").Execute();
        (_works, _hasSavepoint) = (0, false);
    }

    /// <summary>
    /// Begins a piece of work that <see cref="UndoWork"/> can take back. Only behind others that costs a savepoint, for which SQLite copies every page that the work changes; the
    /// first in a transaction, mostly the only one, is taken back with the transaction.
    /// </summary>
    public void BeginWork()
    {
        if (_works++ > 0)
        {
            Prepare("savepoint work").Execute();
            _hasSavepoint = true;
        }
    }

    /// <summary>Takes back what the work wrote so far, which is nothing when its savepoint could not be set; it may go on.</summary>
    public void UndoWork()
    {
        if (_hasSavepoint)
        {
            Prepare("rollback to work").Execute();
        }
        else if (_works == 1)
        {
            Prepare("rollback").Execute();
            Prepare("begin immediate").Execute();
        }
    }

    /// <summary>Ends a piece of work; what it wrote stays in the transaction.</summary>
    public void EndWork()
    {
        if (_hasSavepoint)
        {
            Prepare("release work").Execute();
            _hasSavepoint = false;
        }
    }

    /// <summary>The row id of the last insert.</summary>
    public long LastRowId => raw.sqlite3_last_insert_rowid(Handle);

    private sqlite3 Handle => _connection.Handle ?? throw new ObjectDisposedException(nameof(SqliteSession));

    /// <summary>Opens a connection that may write, and makes the file when there is none.</summary>
    public static SqliteSession OpenWriter(SqliteStoreOptions options)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(options.Path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var session = Open(options, SqliteOpenMode.ReadWriteCreate);

        // The first commit is synced by SQLite itself, which then sees to the log's entry in its folder too. From then on the log is synced by who answers commits (SqliteLogSync),
        // and copied by who has the time for it (SqliteCheckpointer).
        session.Run("""
            pragma journal_mode = wal;
            pragma synchronous = full;
            pragma foreign_keys = on;
            pragma wal_autocheckpoint = 0;
            pragma user_version = 1;
            pragma synchronous = normal;
            """);
        return session;
    }

    /// <summary>Opens a connection that can only read.</summary>
    public static SqliteSession OpenReader(SqliteStoreOptions options)
    {
        var session = Open(options, SqliteOpenMode.ReadWrite);
        session.Run("pragma query_only = on;");
        return session;
    }

    /// <summary>The prepared form of a statement whose text is constant. Dispose it, or <see cref="SqliteStatement.Execute"/> it, before its next use.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var known))
        {
            return known;
        }

        var code = raw.sqlite3_prepare_v3(Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var native);
        SqliteException.ThrowExceptionForRC(code, Handle);
        var statement = new SqliteStatement(Handle, native, sql);
        _statements.Add(sql, statement);
        return statement;
    }

    /// <summary>Pages that went from the cache to the log since the last call.</summary>
    public int TakeWrittenPages()
    {
        const int cacheWrite = 9;
        raw.sqlite3_db_status(Handle, cacheWrite, out var pages, out _, 1);
        return pages;
    }

    /// <summary>Runs statements that need no preparing: pragmas and migrations.</summary>
    public void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Close();
        }

        _statements.Clear();
        _connection.Dispose();
    }

    private static SqliteSession Open(SqliteStoreOptions options, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = options.Path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 2,
        }.ToString());
        try
        {
            connection.Open();
            var session = new SqliteSession(connection);
            raw.sqlite3_busy_timeout(session.Handle, 2000);
            session.Run("pragma cache_size = -32768; pragma temp_store = memory;");
            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
