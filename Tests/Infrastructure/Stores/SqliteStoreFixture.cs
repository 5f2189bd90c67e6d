using Chat4All.Infrastructure.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.Infrastructure.Stores;

/// <summary>A SQLite file in a folder of its own.</summary>
public sealed class SqliteStoreFixture : StoreFixture
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chat4all-sqlite-").FullName;

    public string File => Path.Combine(_folder, "chat4all.db");

    public override async Task<IReadOnlyList<object?[]>> QueryAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        return await Rows.ReadAllAsync(reader);
    }

    protected override StoreFixture New() => new SqliteStoreFixture();

    protected override void Register(IServiceCollection services) => services.AddSqliteStore(new SqliteStoreOptions { Path = File });

    protected override Task CreateAsync() => Task.CompletedTask;

    protected override Task DropAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }
}
