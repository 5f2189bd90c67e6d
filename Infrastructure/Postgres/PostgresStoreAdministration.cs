using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Backups;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Schema, health, ownership and copies of the database.</summary>
internal sealed class PostgresStoreAdministration(PostgresDatabase database, TimeProvider time, ILogger<PostgresStoreAdministration> log) : IStoreAdministration
{
    public string Name => "postgres";

    public Task<bool> MigrateAsync(CancellationToken cancellationToken) =>
        OnOwnConnectionAsync(connection => PostgresSchema.MigrateAsync(connection, cancellationToken), cancellationToken);

    public Task PingAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Command("select 1").FirstAsync(static row => row.GetInt32(0), cancellationToken), cancellationToken);

    public async Task<IAsyncDisposable> AcquireWriterLockAsync(CancellationToken cancellationToken) =>
        await PostgresWriterLock.TakeAsync(database, time, log, cancellationToken);

    public Task BackupAsync(string file, CancellationToken cancellationToken) => OnOwnConnectionAsync(
        async connection =>
        {
            using var backup = new BackupWriter(file, Name, PostgresSchema.Migrations.Latest, time.GetUtcNow());
            await PostgresBackup.WriteAsync(connection, backup, cancellationToken);
            backup.Complete();
            return true;
        },
        cancellationToken);

    public async Task RestoreAsync(string file, CancellationToken cancellationToken)
    {
        using var backup = new BackupReader(file, PostgresSchema.Migrations.Latest);
        await OnOwnConnectionAsync(
            async connection =>
            {
                await PostgresBackup.RestoreAsync(connection, backup, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    // Not from the pool, whose statements are short and whose planner never scans.
    private async Task<T> OnOwnConnectionAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(database.UnpooledConnectionString);
            await connection.OpenAsync(cancellationToken);
            return await work(connection);
        }
        catch (NpgsqlException failure)
        {
            throw PostgresFailures.OfRead(failure);
        }
    }
}
