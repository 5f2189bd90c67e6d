using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Migrations;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Schema, health, ownership and copies of the SQLite file.</summary>
internal sealed class SqliteStoreAdministration(SqliteDatabase database, TimeProvider time) : IStoreAdministration
{
    public string Name => "sqlite";

    // One write transaction: another process that migrates waits for it and then finds nothing to do.
    public Task<bool> MigrateAsync(CancellationToken cancellationToken) =>
        database.WriteAsync(session => SqliteSchema.Migrate(session, time.GetUtcNow()), cancellationToken);

    public Task PingAsync(CancellationToken cancellationToken) => database.ReadAsync(
        session =>
        {
            using var row = session.Prepare("select 1 from sqlite_schema limit 1");
            return row.Read();
        },
        cancellationToken);

    public Task<IAsyncDisposable> AcquireWriterLockAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IAsyncDisposable>(SqliteWriterLock.Take(database.Options.Path));

    public Task BackupAsync(string file, CancellationToken cancellationToken) => throw new NotSupportedException("Backups come with the next step.");

    public Task RestoreAsync(string file, CancellationToken cancellationToken) => throw new NotSupportedException("Backups come with the next step.");
}
