using System.Data.Common;
using System.Globalization;
using Chat4All.Tests.Hosting;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Chat4All.Tests.Resilience;

/// <summary>Every row of every table of a server's store, read past the server.</summary>
internal static class StoreRows
{
    private const string SqliteTables = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name";

    private const string PostgresTables =
        "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name";

    /// <summary>
    /// Table name to its rows as text, sorted. The schema's own history says when it was made, so it is left out; so is how far each group is and until when it has its lease, which a
    /// running server moves all the time.
    /// </summary>
    public static async Task<SortedDictionary<string, string[]>> ReadAsync(HubServer server)
    {
        await using var connection = await OpenAsync(server);
        var tables = await RowsAsync(connection, server.PostgresConnection is null ? SqliteTables : PostgresTables);
        var all = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var table in tables.Where(table => !table.Contains("migration", StringComparison.Ordinal)))
        {
            all[table] = [.. (await RowsAsync(connection, $"select {(table == "consumer_offsets" ? "consumer_group, topic, log_partition" : "*")} from {table}")).Order(StringComparer.Ordinal)];
        }

        return all;
    }

    /// <summary>The answer to a query for one number.</summary>
    public static async Task<long> CountAsync(HubServer server, string sql)
    {
        await using var connection = await OpenAsync(server);
        return long.Parse((await RowsAsync(connection, sql)).Single(), CultureInfo.InvariantCulture);
    }

    private static async Task<DbConnection> OpenAsync(HubServer server)
    {
        DbConnection connection = server.PostgresConnection is { } postgres
            ? new NpgsqlConnection(postgres)
            : new SqliteConnection($"Data Source={Directory.GetFiles(server.DataFolder, "*.db").Single()};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<List<string>> RowsAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(column => Text(reader.GetValue(column)))));
        }

        return rows;
    }

    private static string Text(object value) => value switch
    {
        Array array => string.Join(',', array.Cast<object?>()),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
