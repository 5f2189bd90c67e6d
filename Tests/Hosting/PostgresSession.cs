using Npgsql;

namespace Chat4All.Tests.Hosting;

/// <summary>Somebody else in the same database: one session that takes locks, and looks at and ends those of others.</summary>
internal sealed class PostgresSession : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private PostgresSession(NpgsqlConnection connection) => _connection = connection;

    /// <summary>The server's process of this session.</summary>
    public int ProcessId => _connection.ProcessID;

    public static async Task<PostgresSession> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, ApplicationName = "another session" }.ConnectionString);
        await connection.OpenAsync();
        return new PostgresSession(connection);
    }

    public async Task RunAsync(string sql, params object[] arguments)
    {
        await using var command = Command(sql, arguments);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> AskAsync<T>(string sql, params object[] arguments)
    {
        await using var command = Command(sql, arguments);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Waits until a session of that application waits for <paramref name="waitEvent"/> (<c>transactionid</c> and <c>tuple</c>: a row's lock), and answers its process.</summary>
    public async Task<int> FindWaitingAsync(string application, params string[] waitEvent)
    {
        const string find = "select coalesce(min(pid), 0) from pg_stat_activity where datname = current_database() and application_name = $1 and wait_event = any($2)";
        var found = 0;
        await Eventually.HoldsAsync(
            $"{application} waits for {string.Join(" or ", waitEvent)}",
            async () =>
            {
                // Within a transaction the first look at what others do would be the last.
                await RunAsync("select pg_stat_clear_snapshot()");
                return (found = await AskAsync<int>(find, application, waitEvent)) != 0;
            });
        return found;
    }

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();

    private NpgsqlCommand Command(string sql, object[] arguments)
    {
#pragma warning disable CA2100 // The tests' own constants.
        var command = new NpgsqlCommand(sql, _connection);
#pragma warning restore CA2100
        foreach (var argument in arguments)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = argument });
        }

        return command;
    }
}
