using Chat4All.LoadTests.CommandLine;
using Chat4All.LoadTests.Reporting;
using Chat4All.Tests.Hosting;
using Spectre.Console;

namespace Chat4All.Tests.LoadTests;

/// <summary>The scenarios against a stub of the hub: what they count is right, and what goes wrong is said.</summary>
[Trait("Category", "Integration")]
public sealed class ScenarioTests : IAsyncLifetime
{
    private StubHub? _hub;

    private StubHub Hub => _hub ?? throw new InvalidOperationException("The stub has not started.");

    public async Task InitializeAsync() => _hub = await StubHub.StartAsync();

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    [Theory]
    [InlineData("post-64")]
    [InlineData("post-256")]
    [InlineData("post-1667")]
    [InlineData("hot-conversation")]
    [InlineData("batch-200")]
    [InlineData("commit-to-socket")]
    [InlineData("fan-out", "--sockets-per-user", "3")]
    [InlineData("conversation-list")]
    [InlineData("delivery-1000")]
    [InlineData("delivery-drain")]
    [InlineData("idle-sockets", "--sockets", "150", "--idle", "1")]
    public async Task Every_scenario_runs_and_its_counts_agree(string scenario, params string[] options)
    {
        var (code, rows) = await RunAsync([scenario, .. options]);
        Assert.Equal(0, code);
        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            Assert.False(row.Skipped, string.Join("; ", row.Notes));
            Assert.NotEqual(false, row.Verified);
            Assert.All(row.Metrics, metric => Assert.True(double.IsFinite(metric.Value)));
        });
    }

    [Theory]
    [InlineData("post-64")]
    [InlineData("batch-200")]
    [InlineData("commit-to-socket")]
    public async Task A_server_that_forgets_what_it_accepted_is_found_out(string scenario)
    {
        Hub.LosesEvery = 100;
        var (code, rows) = await RunAsync([scenario]);
        Assert.Equal(1, code);
        Assert.All(rows, row => Assert.Contains(row.Notes, note => note.StartsWith("MISMATCH", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Refusals_are_counted_by_status_and_are_no_throughput()
    {
        Hub.RefusesEvery = 2;
        var (_, rows) = await RunAsync(["post-64"]);
        var row = Assert.Single(rows);
        Assert.True(row.Verified);
        Assert.True(row.Answers["503"] > 0);
        Assert.InRange(row.Value(MetricKeys.Rate)!.Value, 1, row.Answers["202"]);
    }

    [Fact]
    public async Task An_open_loop_keeps_its_schedule_while_the_server_stalls()
    {
        // Nothing is answered for longer than the run: with 64 connections a closed loop would see 64 slow requests, and a good median.
        Hub.Stall = TimeSpan.FromSeconds(2);
        var (_, rows) = await RunAsync(["post-1667"], warmUp: "0");
        var row = Assert.Single(rows);
        Assert.True(row.Verified);
        Assert.InRange(row.Answers["202"], 1_400, 2_000);
        Assert.InRange(row.Value(MetricKeys.P50)!.Value, 1_000, 60_000);
    }

    [Fact]
    public async Task A_scenario_that_lacks_something_says_what()
    {
        var (code, rows) = await RunAsync(["start-up"]);
        Assert.Equal(0, code);
        var row = Assert.Single(rows);
        Assert.True(row.Skipped);
        Assert.Contains("--server-command", Assert.Single(row.Notes), StringComparison.Ordinal);
    }

    private async Task<(int Code, IReadOnlyList<Row> Rows)> RunAsync(string[] arguments, string warmUp = "1")
    {
        using var folder = new TemporaryFolder();
        var json = Path.Combine(folder.Path, "report.json");
        var options = RunOptions.Parse([
            .. arguments, "--url", Hub.Uri.ToString(), "--json", json, "--runs", "1", "--warmup", warmUp, "--duration", "1",
            "--admin-secret", "any", "--server-pid", Environment.ProcessId.ToString()]);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) });
        var code = await new RunCommand(options, console).RunAsync(CancellationToken.None);
        return (code, (await ReportJson.ReadAsync(json, CancellationToken.None)).Rows);
    }
}
