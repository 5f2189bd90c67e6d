namespace Chat4All.Infrastructure.Sqlite;

/// <summary>An exclusive <c>flock</c> on a file beside the database; the system frees it when the process ends, however it ends.</summary>
internal sealed class SqliteWriterLock : IAsyncDisposable
{
    private readonly FileStream _file;

    private SqliteWriterLock(FileStream file) => _file = file;

    /// <summary>Throws <see cref="InvalidOperationException"/> when another process has it.</summary>
    public static SqliteWriterLock Take(string database)
    {
        var path = Path.GetFullPath(database) + ".lock";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new SqliteWriterLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException failure)
        {
            throw new InvalidOperationException(
                $"Another process already runs on {database}. One process a store is all that the Local engine can do; more than one node needs PostgreSQL and the Orleans engine.",
                failure);
        }
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
