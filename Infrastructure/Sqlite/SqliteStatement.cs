using System.Buffers;
using System.Globalization;
using System.Text;
using Chat4All.Grains.Events;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>
/// A prepared statement that a session keeps: bind in order, run, dispose to hand it back reset. Works on the native statement, because
/// <see cref="SqliteCommand"/> costs several times what inserting a small row does.
/// </summary>
internal sealed class SqliteStatement(sqlite3 database, sqlite3_stmt statement, string sql) : IDisposable
{
    private int _bound;

    public SqliteStatement Bind(long value) => Checked(raw.sqlite3_bind_int64(statement, ++_bound, value));

    public SqliteStatement Bind(long? value) => value is { } number ? Bind(number) : Bind((string?)null);

    public SqliteStatement Bind(bool value) => Bind(value ? 1L : 0L);

    public SqliteStatement Bind(DateTimeOffset value)
    {
        Span<byte> text = stackalloc byte[32];
        value.UtcDateTime.TryFormat(text, out var length, EventJson.TimestampFormat, CultureInfo.InvariantCulture);
        return Bind(text[..length]);
    }

    public SqliteStatement Bind(DateTimeOffset? value) => value is { } time ? Bind(time) : Bind((string?)null);

    public SqliteStatement Bind(string? value)
    {
        if (value is null)
        {
            return Checked(raw.sqlite3_bind_null(statement, ++_bound));
        }

        var length = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (length <= 512)
        {
            Span<byte> buffer = stackalloc byte[512];
            return Bind(buffer[..Encoding.UTF8.GetBytes(value, buffer)]);
        }

        var rented = ArrayPool<byte>.Shared.Rent(length);
        Bind(rented.AsSpan(0, Encoding.UTF8.GetBytes(value, rented)));
        ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    /// <summary>Binds text that is UTF-8 already; copied.</summary>
    public SqliteStatement Bind(ReadOnlySpan<byte> utf8) =>
        Checked(utf8.IsEmpty ? raw.sqlite3_bind_text(statement, ++_bound, string.Empty) : raw.sqlite3_bind_text(statement, ++_bound, utf8));

    /// <summary>Moves to the next row; false behind the last.</summary>
    public bool Read() => raw.sqlite3_step(statement) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        var code => throw Failure(code),
    };

    /// <summary>Runs a statement without rows, hands it back, and answers how many rows it changed.</summary>
    public int Execute()
    {
        using (this)
        {
            while (Read())
            {
            }

            return raw.sqlite3_changes(database);
        }
    }

    /// <summary>Runs a query whose one row has one number, and hands it back.</summary>
    public long Single()
    {
        using (this)
        {
            return Read() ? Long(0) : throw new InvalidOperationException($"No row ({sql}).");
        }
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public long Long(int column) => raw.sqlite3_column_int64(statement, column);

    public int Int(int column) => raw.sqlite3_column_int(statement, column);

    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(statement, column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[] Utf8(int column) => raw.sqlite3_column_blob(statement, column).ToArray();

    public DateTimeOffset Time(int column) =>
        DateTimeOffset.ParseExact(Text(column), EventJson.TimestampFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    public DateTimeOffset? TimeOrNull(int column) => IsNull(column) ? null : Time(column);

    /// <summary>Resets the statement for its next use; the session keeps it. Ends the read transaction that an unfinished query holds.</summary>
    public void Dispose()
    {
        // The code of a failed step comes again here; it has been thrown already.
        _ = raw.sqlite3_reset(statement);
        _bound = 0;
    }

    /// <summary>Frees the native statement.</summary>
    public void Close() => statement.Dispose();

    private SqliteStatement Checked(int code) => code == raw.SQLITE_OK ? this : throw Failure(code);

    private SqliteException Failure(int code) =>
        new($"{raw.sqlite3_errmsg(database).utf8_to_string()} ({sql.AsSpan(0, Math.Min(60, sql.Length)).Trim()} …)", code & 0xff, raw.sqlite3_extended_errcode(database));
}
