using Chat4All.LoadTests.Files;
using Chat4All.LoadTests.Machine;
using Chat4All.LoadTests.Server;

namespace Chat4All.LoadTests.CommandLine;

/// <summary>What <c>loadtests run</c> was asked for.</summary>
internal sealed record RunOptions
{
    /// <summary>Scenario or group names; none means all.</summary>
    public IReadOnlyList<string> Scenarios { get; init; } = [];

    /// <summary>Server under test; http only.</summary>
    public Uri Server { get; init; } = new("http://127.0.0.1:8000");

    /// <summary>Connection string for the bare PostgreSQL baseline.</summary>
    public string? Postgres { get; init; }

    /// <summary>Timed runs a row, 1..100.</summary>
    public int Runs { get; init; } = 3;

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    public string? JsonFile { get; init; }

    public string? HtmlFile { get; init; }

    /// <summary>Starts a server on <c>{port}</c> with its data in <c>{data}</c>, for the start-up row.</summary>
    public string? ServerCommand { get; init; }

    /// <summary>Process id of the server, for its processor time and memory.</summary>
    public int? ServerProcessId { get; init; }

    /// <summary>What is under test, such as <c>sqlite</c> or <c>postgres</c>.</summary>
    public string Label { get; init; } = "";

    /// <summary>Commit of the server; default: the one that this program was built from.</summary>
    public string Commit { get; init; } = MachineInfo.BuiltFrom();

    /// <summary>A folder on the disk that the server's files lie on.</summary>
    public string? RawFolder { get; init; }

    /// <summary>The S3 server that the server's files lie on: endpoint, access key and secret key, with blanks between.</summary>
    public string? RawS3 { get; init; }

    /// <summary>Takes commands for the event log's brokers: <c>ID down BROKER</c>, <c>ID up BROKER</c>, a line each.</summary>
    public string? Brokers { get; init; }

    public AdminAccount? Admin { get; init; }

    /// <summary>Messages carry ids of the client's; otherwise the server makes them.</summary>
    public bool ClientIds { get; init; }

    /// <summary>Channel that messages are sent to.</summary>
    public string Channel { get; init; } = "chat4all";

    /// <summary>Sockets that the idle scenario opens, 1..60,000.</summary>
    public int Sockets { get; init; } = 10_000;

    /// <summary>How long they idle while the server's processor time is counted; a third of it to settle before and after opening.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many of them may be one user's: the server's limit, 10 by default.</summary>
    public int SocketsPerUser { get; init; } = 10;

    /// <exception cref="UsageException">Something can't be understood.</exception>
    public static RunOptions Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new Arguments(arguments, "--client-ids");
        var options = new RunOptions
        {
            Scenarios = parsed.Words,
            Server = ServerAddress(parsed.Text("--url") ?? "http://127.0.0.1:8000"),
            Postgres = parsed.Text("--postgres"),
            Runs = parsed.Number("--runs", 3, 1, 100),
            WarmUp = TimeSpan.FromSeconds(parsed.Number("--warmup", 5, 0, 600)),
            Duration = TimeSpan.FromSeconds(parsed.Number("--duration", 10, 1, 240)),
            JsonFile = parsed.Text("--json"),
            HtmlFile = parsed.Text("--html"),
            ServerCommand = parsed.Text("--server-command"),
            ServerProcessId = parsed.Number("--server-pid", 0, 1, int.MaxValue) is > 0 and var id ? id : null,
            Commit = parsed.Text("--commit") ?? MachineInfo.BuiltFrom(),
            Label = parsed.Text("--label") ?? "",
            RawFolder = parsed.Text("--raw-folder"),
            RawS3 = parsed.Text("--raw-s3"),
            Brokers = parsed.Text("--brokers"),
            Admin = ReadAdmin(parsed),
            ClientIds = parsed.Flag("--client-ids"),
            Channel = parsed.Text("--channel") ?? "chat4all",
            Sockets = parsed.Number("--sockets", 10_000, 1, 60_000),
            Idle = TimeSpan.FromSeconds(parsed.Number("--idle", 30, 1, 240)),
            SocketsPerUser = parsed.Number("--sockets-per-user", 10, 1, 10_000),
        };
        parsed.RefuseUnknown();
        return options;
    }

    /// <summary>The store that uploads are compared with; null when none was given.</summary>
    public IRawStore? OpenRawStore() => RawS3 is { } access ? new RawBucket(access) : RawFolder is { } folder ? new RawFolder(folder) : null;

    /// <summary>The command that makes one row again; connection string and secret left out.</summary>
    public string CommandFor(string scenario)
    {
        var words = new List<string> { "loadtests run", scenario };
        words.AddRange(scenario.StartsWith("baseline-", StringComparison.Ordinal) || scenario is "engine" or "start-up" ? [] : [$"--url {Server.GetLeftPart(UriPartial.Authority)}"]);
        words.Add($"--runs {Runs} --warmup {WarmUp.TotalSeconds} --duration {Duration.TotalSeconds}");
        words.AddRange(Label.Length > 0 ? [$"--label {Label}"] : []);
        words.AddRange(Postgres is not null && scenario == "baseline-p" ? ["--postgres …"] : []);
        words.AddRange(scenario is "idle-sockets" or "fan-out" ? [$"--sockets-per-user {SocketsPerUser}"] : []);
        words.AddRange(scenario is "idle-sockets" ? [$"--sockets {Sockets} --idle {Idle.TotalSeconds}"] : []);
        words.AddRange(RawFolder is not null && scenario.StartsWith("upload", StringComparison.Ordinal) ? ["--raw-folder …"] : []);
        words.AddRange(RawS3 is not null && scenario.StartsWith("upload", StringComparison.Ordinal) ? ["--raw-s3 …"] : []);
        words.AddRange(Brokers is not null && scenario == "outbox-drain" ? ["--brokers …"] : []);
        words.AddRange(ClientIds ? ["--client-ids"] : []);
        words.AddRange(Channel != "chat4all" ? [$"--channel {Channel}"] : []);
        return string.Join(' ', words);
    }

    private static Uri ServerAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp
            ? uri
            : throw new UsageException("--url must be an http address such as http://127.0.0.1:8000.");

    private static AdminAccount? ReadAdmin(Arguments parsed)
    {
        var id = parsed.Text("--admin-id") ?? "admin";
        var file = parsed.Text("--admin-secret-file");
        var secret = parsed.Text("--admin-secret") ?? (file is null ? null : File.ReadAllText(file).Trim());
        return secret is null ? null : new AdminAccount(id, secret);
    }
}
