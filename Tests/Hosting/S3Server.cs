using System.Diagnostics;

namespace Chat4All.Tests.Hosting;

/// <summary>The run's S3 server, and one of a test's own for tests that take it away. Needs Debian's <c>ceph-mon</c>, <c>ceph-osd</c> and <c>radosgw</c>, and root.</summary>
internal sealed class S3Server : IAsyncDisposable
{
    private const string Variable = "CHAT4ALL_TEST_S3";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"chat4all-s3-{Guid.NewGuid():N}");

    private S3Server()
    {
    }

    /// <summary>Whether the run has an S3 server for its tests.</summary>
    public static bool IsAvailable => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    /// <summary>Why S3 tests are skipped when they are.</summary>
    public static string SkipReason => $"{Variable} is not set: no S3 server to test on (./chat4all test starts one where Debian's ceph packages are).";

    /// <summary>The run's own.</summary>
    public static S3Access Shared => S3Access.Parse(Environment.GetEnvironmentVariable(Variable) ?? throw new InvalidOperationException(SkipReason));

    public S3Access Access { get; private set; } = null!;

    public static async Task<S3Server> CreateAsync()
    {
        var server = new S3Server();
        server.Access = S3Access.Parse(await server.RunAsync("start"));
        return server;
    }

    /// <summary>The server is away; what it stored stays.</summary>
    public Task PauseAsync() => RunAsync("pause");

    /// <summary>The server is back on its port.</summary>
    public Task ResumeAsync() => RunAsync("resume");

    public async ValueTask DisposeAsync()
    {
        await RunAsync("stop");
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> RunAsync(string verb)
    {
        using var script = Process.Start(new ProcessStartInfo(RepositoryFolder.PathOf("Tests", "Hosting", "ceph-s3.sh"), [verb, _folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = script.StandardOutput.ReadToEndAsync();
        var errors = script.StandardError.ReadToEndAsync();
        await script.WaitForExitAsync();
        return script.ExitCode == 0 ? (await output).Trim() : throw new InvalidOperationException($"ceph-s3.sh {verb}: {await errors}");
    }
}

/// <summary>How an S3 server is reached, and a bucket that no other test has.</summary>
internal sealed record S3Access(Uri Endpoint, string AccessKey, string SecretKey, string Bucket)
{
    /// <summary>From what <c>ceph-s3.sh start</c> prints.</summary>
    public static S3Access Parse(string line) =>
        line.Split(' ') is [var endpoint, var access, var secret] ? new S3Access(new Uri(endpoint), access, secret, $"test-{Guid.NewGuid():N}") : throw new FormatException(line);

    /// <summary>As the server program takes it.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["S3_ENDPOINT"] = Endpoint.ToString(),
        ["AWS_ACCESS_KEY_ID"] = AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = SecretKey,
        ["S3_BUCKET"] = Bucket,
    };
}
