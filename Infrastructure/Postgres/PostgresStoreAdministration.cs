using Chat4All.Grains.Ports;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Schema, health, ownership and copies of the database.</summary>
internal sealed class PostgresStoreAdministration(PostgresDatabase database) : IStoreAdministration
{
    public string Name => "postgres";

    public async Task<bool> MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenAsync(cancellationToken);
            return await PostgresSchema.MigrateAsync(connection, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw PostgresFailures.OfRead(failure);
        }
    }

    public Task PingAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Command("select 1").FirstAsync(static row => row.GetInt32(0), cancellationToken), cancellationToken);

    public Task<IAsyncDisposable> AcquireWriterLockAsync(CancellationToken cancellationToken) => throw new NotSupportedException("The lock comes with the next step.");

    public Task BackupAsync(string file, CancellationToken cancellationToken) => throw new NotSupportedException("Backups come with the next step.");

    public Task RestoreAsync(string file, CancellationToken cancellationToken) => throw new NotSupportedException("Backups come with the next step.");

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(database.UnpooledConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}
