using Chat4All.Grains.Ports;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>The pools: one for the journal's writers, so that reads can never keep them waiting, and one for the rest.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    private const int Attempts = 3;

    private volatile bool _isWritable = true;

    // Every statement here is a lookup by index. A plan made while the tables are small must be the one that is right when they are large, so the planner
    // gets no choice that depends on statistics: one plan for all parameters, no scans of whole tables, no joins but by looking up.
    // Joins are written `inner.key = any(array[outer.key])`, which can only run as a lookup of the inner table.
    private const string PlannerSettings =
        "-c jit=off -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off";

    // An acknowledged message is on disk, whatever the server's or the role's default says.
    private const string DurabilitySetting = "-c synchronous_commit=on";

    public PostgresDatabase(PostgresStoreOptions options)
    {
        options.Validate();
        Writers = Build(options, options.WriterConnections, "chat4all writer");
        Pool = Build(options, options.Connections, "chat4all");
        UnpooledConnectionString = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            Pooling = false,

            // Nobody waits for an answer here, and on a busy machine a first connection can take longer than a request may wait.
            Timeout = Math.Max(options.ConnectSeconds, 15),
            ApplicationName = "chat4all administration",
        }.ConnectionString;
    }

    /// <summary>For appends alone.</summary>
    public NpgsqlDataSource Writers { get; }

    public NpgsqlDataSource Pool { get; }

    /// <summary>For what holds a connection for long: migrations, the writer's lock, copies.</summary>
    public string UnpooledConnectionString { get; }

    /// <summary>False while another process may be the writer; see <see cref="EnsureWritable"/>.</summary>
    public bool IsWritable
    {
        get => _isWritable;
        set => _isWritable = value;
    }

    /// <summary>Throws while this process has lost the writer's lock.</summary>
    public void EnsureWritable()
    {
        if (!IsWritable)
        {
            throw new StoreUnavailableException("This process has lost the writer's lock.");
        }
    }

    /// <summary>Runs queries; a connection that turns out to be broken is replaced once and what lost against another transaction is asked again, because reading again is safe.</summary>
    public async Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var connection = await OpenAsync(Pool, cancellationToken);
            try
            {
                return await work(connection);
            }
            catch (Exception failure) when ((attempt == 1 && PostgresFailures.IsBroken(failure)) || (attempt < Attempts && PostgresFailures.IsContention(failure)))
            {
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                throw PostgresFailures.OfRead(failure);
            }
        }
    }

    /// <summary>Runs statements that write, again when they were rolled back for contention, and never when the outcome is unknown.</summary>
    public async Task<T> WriteAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        EnsureWritable();
        for (var attempt = 1; ; attempt++)
        {
            await using var connection = await OpenAsync(Pool, cancellationToken);
            try
            {
                return await work(connection);
            }
            catch (Exception failure) when (attempt < Attempts && PostgresFailures.IsContention(failure))
            {
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                throw PostgresFailures.OfWrite(failure);
            }
        }
    }

    /// <summary>Opens a connection for writing; throws <see cref="StoreUnavailableException"/>, for nothing was sent yet.</summary>
    public static async Task<NpgsqlConnection> OpenAsync(NpgsqlDataSource pool, CancellationToken cancellationToken)
    {
        try
        {
            return await pool.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw PostgresFailures.OfRead(failure);
        }
    }

    private static NpgsqlDataSource Build(PostgresStoreOptions options, int connections, string name)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = name,
            Pooling = true,
            Multiplexing = false,
            MinPoolSize = 0,
            MaxPoolSize = connections,
            Timeout = options.ConnectSeconds,
            CommandTimeout = options.CommandSeconds,
            CancellationTimeout = 500,
            NoResetOnClose = true,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
        };
        settings.Options = $"{settings.Options} {PlannerSettings} {DurabilitySetting}".Trim();
        return NpgsqlDataSource.Create(settings);
    }

    public async ValueTask DisposeAsync()
    {
        await Writers.DisposeAsync();
        await Pool.DisposeAsync();
    }
}
