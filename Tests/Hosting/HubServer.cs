using System.Net;

namespace Chat4All.Tests.Hosting;

/// <summary>The real server program as a child process on a loopback port, with a data folder or a database of its own.</summary>
public sealed class HubServer : IAsyncDisposable
{
    /// <summary>The secret of every demo user.</summary>
    public const string DemoSecret = "password123";

    /// <summary>The first administrator's id.</summary>
    public const string AdminId = "admin";

    /// <summary>The first administrator's secret, set by environment.</summary>
    public const string AdminSecret = "an-administrator-of-tests";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private readonly HubOptions _options;
    private readonly ProcessOutput _output = new();
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http;
    private PostgresDatabase? _database;
    private ChildProcess? _process;

    private HubServer(HubOptions options)
    {
        _options = options;
        BaseUrl = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        _http = new HttpClient { BaseAddress = BaseUrl, Timeout = TimeSpan.FromSeconds(100) };
    }

    /// <summary><c>http://127.0.0.1:port</c>; stays the same over restarts.</summary>
    public Uri BaseUrl { get; }

    /// <summary>The folder given as <c>--data</c>.</summary>
    public string DataFolder => Path.Combine(_folder.Path, "data");

    /// <summary>The database given as <c>--postgres</c>, or null on SQLite.</summary>
    public string? PostgresConnection => _database?.ConnectionString;

    /// <summary>Everything the process wrote so far, over all restarts.</summary>
    public string Output => _output.Text;

    /// <summary>What it said last.</summary>
    public string OutputTail => _output.Tail();

    /// <summary>Of the running process; changes with each start.</summary>
    public int ProcessId => Current.Id;

    /// <summary>For requests without a user.</summary>
    public HttpClient Http => _http;

    private ChildProcess Current => _process ?? throw new InvalidOperationException("The server is not running.");

    /// <summary>Starts a server and waits until <c>/ready</c> says 200.</summary>
    /// <exception cref="InvalidOperationException">It exited or never became ready; the message ends with what it wrote.</exception>
    public static async Task<HubServer> StartAsync(HubOptions? options = null)
    {
        var server = await PrepareAsync(options);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A server with an empty store that is not running yet.</summary>
    public static async Task<HubServer> PrepareAsync(HubOptions? options = null)
    {
        var server = new HubServer(options ?? new HubOptions());
        if (server._options.Store == HubStore.Postgres)
        {
            server._database = server._options.PostgresServer is { } connection ? await PostgresDatabase.CreateAsync(connection) : await PostgresDatabase.CreateAsync();
        }

        return server;
    }

    /// <summary>Starts the stopped, killed or prepared server on its port and store.</summary>
    public async Task StartAgainAsync()
    {
        _process = Launch(["--urls", BaseUrl.ToString(), .. _options.Demo ? new[] { "--demo" } : [], .. _options.Arguments], _output);
        try
        {
            await Eventually.HoldsAsync($"{BaseUrl}ready", IsReadyAsync, StartLimit);
        }
        catch (TimeoutException timeout)
        {
            throw new InvalidOperationException($"{timeout.Message}\n{_output.Tail()}", timeout);
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        await Current.KillAsync();
        Forget();
    }

    /// <summary>SIGTERM or another, then waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(StopSignal signal = StopSignal.Terminate)
    {
        Current.AskToStop(signal);
        var code = await Current.WaitForExitAsync(StopLimit);
        Forget();
        return code;
    }

    /// <summary>kill -9 and start again.</summary>
    public async Task KillAndStartAgainAsync()
    {
        await KillAsync();
        await StartAgainAsync();
    }

    /// <summary>Runs the program once with this server's store, beside it or without it (<c>backup FILE</c>, <c>user list</c>, a second server …) until it ends.</summary>
    /// <returns>The exit code and everything it wrote.</returns>
    public async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var output = new ProcessOutput();
        using var process = Launch(arguments, output);
        try
        {
            return (await process.WaitForExitAsync(StartLimit), output.Text);
        }
        catch (OperationCanceledException)
        {
            await process.KillAsync();
            throw new TimeoutException($"{string.Join(' ', arguments)} did not end within {StartLimit.TotalSeconds:0} s.\n{output.Tail()}");
        }
    }

    /// <summary>A client that signs in as a demo user, or as another with that user's secret.</summary>
    public Task<HubClient> SignInAsync(string userId, string secret = DemoSecret) => HubClient.SignInAsync(BaseUrl, userId, secret, null);

    /// <summary>A client that signs in as the administrator with every scope.</summary>
    public Task<HubClient> SignInAsAdminAsync() => HubClient.SignInAsync(BaseUrl, AdminId, AdminSecret, "read write admin");

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } process)
        {
            await process.KillAsync();
        }

        Forget();
        _http.Dispose();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        _folder.Dispose();
    }

    private ChildProcess Launch(IEnumerable<string> arguments, ProcessOutput output)
    {
        var environment = new Dictionary<string, string>
        {
            ["CHAT4ALL_RATE_LIMIT"] = "off",
            ["CHAT4ALL_ADMIN_ID"] = AdminId,
            ["CHAT4ALL_ADMIN_SECRET"] = AdminSecret,
            // Dozens of servers live for a few seconds each: no time to gather profiles for the compiler in.
            ["DOTNET_TieredPGO"] = "0",
        };
        if (!_options.Environment.ContainsKey("CHAT4ALL_ENV"))
        {
            // Slow hashes are what the tests of them are for; in production fewer rounds are refused.
            environment["Auth__HashIterations"] = "10000";
        }

        foreach (var (name, value) in _options.Environment)
        {
            environment[name] = value;
        }

        string[] store = _database is null ? ["--data", DataFolder] : ["--data", DataFolder, "--postgres", _database.ConnectionString];
        return ChildProcess.Start(HubProgram.Start([.. arguments, .. store], environment, _folder.Path), output);
    }

    private async Task<bool> IsReadyAsync()
    {
        if (Current.HasExited)
        {
            throw new InvalidOperationException($"The server exited with code {Current.ExitCode}.\n{_output.Tail()}");
        }

        try
        {
            using var answer = await _http.GetAsync("/ready");
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Forget()
    {
        _process?.Dispose();
        _process = null;
    }
}
