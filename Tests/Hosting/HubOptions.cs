namespace Chat4All.Tests.Hosting;

/// <summary>How a <see cref="HubServer"/> is started.</summary>
public sealed record HubOptions
{
    /// <summary>Where it keeps its rows.</summary>
    public HubStore Store { get; init; } = HubStore.Sqlite;

    /// <summary>Whether the demo users <c>user1</c> … <c>user10</c> (secret <c>password123</c>) and <c>conv-test</c> are made.</summary>
    public bool Demo { get; init; } = true;

    /// <summary>The PostgreSQL server to make the database on; null: the run's own (<see cref="PostgresDatabase.CreateAsync()"/>).</summary>
    public string? PostgresServer { get; init; }

    /// <summary>Further command-line arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Environment variables on top of a clean set; <c>CHAT4ALL_RATE_LIMIT=off</c> unless named here.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
