using Chat4All.Infrastructure.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PostgresDatabase = Chat4All.Tests.Hosting.PostgresDatabase;

namespace Chat4All.Tests.Infrastructure.Stores;

/// <summary>A database of its own on the run's PostgreSQL server.</summary>
public sealed class PostgresStoreFixture : StoreFixture
{
    private PostgresDatabase? _database;

    public PostgresStoreFixture() => SkipReason = PostgresDatabase.IsAvailable ? null : PostgresDatabase.SkipReason;

    public string ConnectionString => _database!.ConnectionString;

    public override async Task<IReadOnlyList<object?[]>> QueryAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
#pragma warning disable CA2100 // The tests' own constants.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        return await Rows.ReadAllAsync(reader);
    }

    protected override StoreFixture New() => new PostgresStoreFixture();

    /// <summary>A new database's first connection asks for all its types: beside other tests that may take longer than the second that a hub gives it, and a command longer than a hub's 5 s.</summary>
    protected override void Register(IServiceCollection services) =>
        services.AddPostgresStore(new PostgresStoreOptions { ConnectionString = ConnectionString, ConnectSeconds = 15, CommandSeconds = 30 });

    protected override async Task CreateAsync() => _database = await PostgresDatabase.CreateAsync();

    protected override async Task DropAsync() => await _database!.DisposeAsync();
}
