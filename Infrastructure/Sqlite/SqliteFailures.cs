using Chat4All.Grains.Ports;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Tells passing failures of the file apart from defects.</summary>
internal static class SqliteFailures
{
    /// <summary>Busy, locked, full, unreadable: the store's business, not the caller's. Anything else stays what it is.</summary>
    public static Exception Translate(Exception failure) => failure switch
    {
        SqliteException
        {
            SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_NOMEM
                or raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_PROTOCOL
        } => new StoreUnavailableException("The SQLite file cannot be used now.", failure),
        IOException or UnauthorizedAccessException => new StoreUnavailableException("The SQLite file cannot be used now.", failure),
        _ => failure,
    };

    /// <summary>A unique index or primary key has refused a row.</summary>
    public static bool IsDuplicate(this SqliteException failure) =>
        failure.SqliteExtendedErrorCode is raw.SQLITE_CONSTRAINT_PRIMARYKEY or raw.SQLITE_CONSTRAINT_UNIQUE;
}
