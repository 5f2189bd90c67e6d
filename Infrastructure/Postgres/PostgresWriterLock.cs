using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>
/// An advisory lock on a connection of its own: the server frees it when the connection ends, however it ends. A task waits on that connection, so that a loss is noticed at once;
/// until the lock is back this process writes nothing.
/// </summary>
internal sealed partial class PostgresWriterLock : IAsyncDisposable
{
    // Any number will do that nothing else in the database locks.
    internal const long Key = 0x63_34_61_5f_77_72_69;

    // A process that was just killed is still there for the server until it notices.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly PostgresDatabase _database;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _watching;

    private PostgresWriterLock(PostgresDatabase database, NpgsqlConnection connection, TimeProvider time, ILogger log)
    {
        (_database, _time, _log) = (database, time, log);
        _watching = WatchAsync(connection);
    }

    /// <summary>Throws <see cref="InvalidOperationException"/> when another process has it, <see cref="StoreUnavailableException"/> when there is no server.</summary>
    public static async Task<PostgresWriterLock> TakeAsync(PostgresDatabase database, TimeProvider time, ILogger log, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                if (await TryTakeAsync(database, cancellationToken) is { } connection)
                {
                    return new PostgresWriterLock(database, connection, time, log);
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                throw PostgresFailures.OfRead(failure);
            }

            if (time.GetElapsedTime(started) > Patience)
            {
                throw new InvalidOperationException(
                    "Another process already runs on this PostgreSQL database. One process a store is all that the Local engine can do; more than one node needs the Orleans engine.");
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        _stopping.Dispose();
    }

    private async Task WatchAsync(NpgsqlConnection first)
    {
        var connection = first;
        while (!_stopping.IsCancellationRequested)
        {
            await HoldAsync(connection);
            await connection.DisposeAsync();
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            _database.IsWritable = false;
            LogLost(_log);
            if (await RetakeAsync() is not { } retaken)
            {
                return;
            }

            connection = retaken;
            _database.IsWritable = true;
            LogBack(_log);
        }
    }

    // Nothing is ever notified here: the wait ends when the connection does.
    private async Task HoldAsync(NpgsqlConnection connection)
    {
        try
        {
            while (true)
            {
                await connection.WaitAsync(_stopping.Token);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or NpgsqlException or IOException)
        {
            // Lost, or given up: the caller knows which.
        }
    }

    private async Task<NpgsqlConnection?> RetakeAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (await TryTakeAsync(_database, _stopping.Token) is { } connection)
                {
                    return connection;
                }

                await Task.Delay(Pause, _time, _stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return null;
            }
            catch (Exception failure) when (PostgresFailures.OfRead(failure) is StoreUnavailableException)
            {
                await Task.Delay(Pause, _time, CancellationToken.None);
            }
        }

        return null;
    }

    private static async Task<NpgsqlConnection?> TryTakeAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(database.UnpooledConnectionString) { ApplicationName = "chat4all writer lock", KeepAlive = 5, CommandTimeout = 2 };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            if (await connection.Command("select pg_try_advisory_lock($1)").Long(Key).FirstAsync(static row => row.GetBoolean(0), cancellationToken))
            {
                return connection;
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    [LoggerMessage(201, LogLevel.Error, "The writer's lock in PostgreSQL was lost; nothing is written until it is back")]
    private static partial void LogLost(ILogger log);

    [LoggerMessage(202, LogLevel.Information, "The writer's lock in PostgreSQL is back")]
    private static partial void LogBack(ILogger log);
}
