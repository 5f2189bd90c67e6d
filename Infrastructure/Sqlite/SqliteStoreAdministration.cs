using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Backups;

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

    // On a connection of its own: a copy may take longer than a reader can be spared.
    public Task BackupAsync(string file, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var backup = new BackupWriter(file, Name, SqliteSchema.Migrations.Latest, time.GetUtcNow());
            using var session = SqliteSession.OpenReader(database.Options);
            SqliteBackup.Write(session, backup, cancellationToken);
            backup.Complete();
        },
        cancellationToken);

    public async Task RestoreAsync(string file, CancellationToken cancellationToken)
    {
        using var backup = new BackupReader(file, SqliteSchema.Migrations.Latest);
        await database.WriteAsync(
            session =>
            {
                SqliteBackup.Restore(session, backup, cancellationToken);
                return true;
            },
            cancellationToken);
    }
}
