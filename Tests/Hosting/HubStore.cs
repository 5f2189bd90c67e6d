namespace Chat4All.Tests.Hosting;

/// <summary>Which store a server under test keeps its rows in.</summary>
public enum HubStore
{
    /// <summary>A SQLite file in the server's data folder, the embedded default.</summary>
    Sqlite,

    /// <summary>A PostgreSQL database of the server's own; tests are skipped where <see cref="PostgresDatabase.IsAvailable"/> says no.</summary>
    Postgres,
}
