using Chat4All.Tests.Hosting;
using Microsoft.Data.Sqlite;

namespace Chat4All.Tests.Files;

/// <summary>Rows of a server's files, changed behind its back.</summary>
internal static class FileRows
{
    /// <summary>Lets the server's only upload expire. Its grain may still remember the row as it was.</summary>
    public static async Task ExpireAsync(HubServer hub)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(hub.DataFolder, "chat4all.db")};Default Timeout=10");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "update files set expires_at = created_at";
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}
