using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>The store on a PostgreSQL server, version 15 or newer.</summary>
public sealed record PostgresStoreOptions
{
    /// <summary>Npgsql connection string: <c>Host=…;Database=…;Username=…;Password=…</c>. Pool sizes, timeouts and planner settings are set by the store.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Connections of the journal's writers. Default 4, 1 to 64.</summary>
    public int WriterConnections { get; init; } = 4;

    /// <summary>Connections for everything else. Default 24, 1 to 1,000.</summary>
    public int Connections { get; init; } = 24;

    /// <summary>Seconds to wait for a connection, be it the server or the pool. Default 1, 1 to 60.</summary>
    public int ConnectSeconds { get; init; } = 1;

    /// <summary>Seconds to wait for an answer; what a writing statement did is unknown after that. Default 5, 1 to 300.</summary>
    public int CommandSeconds { get; init; } = 5;

    /// <summary>Throws <see cref="ArgumentException"/>, naming the setting, when a bound is broken.</summary>
    public PostgresStoreOptions Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(ConnectionString);
        _ = new NpgsqlConnectionStringBuilder(ConnectionString);
        ArgumentOutOfRangeException.ThrowIfLessThan(WriterConnections, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(WriterConnections, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(Connections, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Connections, 1000);
        ArgumentOutOfRangeException.ThrowIfLessThan(ConnectSeconds, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ConnectSeconds, 60);
        ArgumentOutOfRangeException.ThrowIfLessThan(CommandSeconds, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CommandSeconds, 300);
        return this;
    }
}
