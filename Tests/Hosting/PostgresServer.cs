using System.Diagnostics;

namespace Chat4All.Tests.Hosting;

/// <summary>A PostgreSQL server of a test's own, for tests that stop it. Needs Debian's <c>postgresql</c> package.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    // Made by the script: where root runs the tests it belongs to the user postgres.
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"chat4all-postgres-{Guid.NewGuid():N}");

    private PostgresServer()
    {
    }

    /// <summary>Npgsql connection string of the superuser; the same after a restart.</summary>
    public string ConnectionString { get; private set; } = "";

    public static async Task<PostgresServer> CreateAsync()
    {
        var server = new PostgresServer();
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts it again on its port.</summary>
    public async Task StartAsync() => ConnectionString = await RunAsync("start");

    /// <summary>Stops it as an operator would (fast): sessions are cut, what was committed stays.</summary>
    public Task StopAsync() => RunAsync("stop");

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(_folder, "data", "postmaster.pid")))
        {
            await StopAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> RunAsync(string verb)
    {
        using var script = Process.Start(new ProcessStartInfo(RepositoryFolder.PathOf("Tests", "Hosting", "postgres.sh"), [verb, _folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = script.StandardOutput.ReadToEndAsync();
        var errors = script.StandardError.ReadToEndAsync();
        await script.WaitForExitAsync();
        return script.ExitCode == 0 ? (await output).Trim() : throw new InvalidOperationException($"postgres.sh {verb}: {await errors}");
    }
}
