using Npgsql;

namespace Chat4All.Tests.Hosting;

/// <summary>An empty database of a test's own on a throw-away PostgreSQL server; dropped after the test.</summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    private const string Variable = "CHAT4ALL_TEST_POSTGRES";

    private readonly string _serverConnection;
    private readonly string _name;

    private PostgresDatabase(string serverConnection, string name)
    {
        _serverConnection = serverConnection;
        _name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(serverConnection) { Database = name }.ConnectionString;
    }

    /// <summary>Whether the run has a PostgreSQL server for its tests.</summary>
    public static bool IsAvailable => SharedServer is not null;

    /// <summary>Why PostgreSQL tests are skipped when they are.</summary>
    public static string SkipReason => $"{Variable} is not set: no PostgreSQL to test on (./chat4all test starts one).";

    /// <summary>Npgsql connection string of the new database.</summary>
    public string ConnectionString { get; }

    private static string? SharedServer =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } connection ? connection : null;

    /// <summary>A new database on the run's server.</summary>
    /// <exception cref="InvalidOperationException">The run has none; ask <see cref="IsAvailable"/> first.</exception>
    public static Task<PostgresDatabase> CreateAsync() =>
        CreateAsync(SharedServer ?? throw new InvalidOperationException(SkipReason));

    /// <summary>A new database on the server that a superuser's connection string names.</summary>
    public static async Task<PostgresDatabase> CreateAsync(string serverConnection)
    {
        var database = new PostgresDatabase(serverConnection, $"chat4all_{Guid.NewGuid():N}");
        await database.OnServerAsync($"create database {database._name}");
        return database;
    }

    public async ValueTask DisposeAsync() => await OnServerAsync($"drop database if exists {_name} with (force)");

    private async Task OnServerAsync(string sql)
    {
        // Without a pool: dozens of test classes would each keep connections to the server's own database open.
        var unpooled = new NpgsqlConnectionStringBuilder(_serverConnection) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(unpooled);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
