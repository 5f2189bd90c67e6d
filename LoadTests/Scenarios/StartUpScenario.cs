using System.Diagnostics;
using System.Globalization;
using Chat4All.LoadTests.Machine;
using Chat4All.LoadTests.Reporting;
using Chat4All.LoadTests.Server;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>From starting the command on an empty data folder to the first 200 of /ready, and the memory then.</summary>
internal sealed class StartUpScenario : IScenario
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public string Name => "start-up";

    public string Description => "Start of the server on an empty data folder until /ready answers 200, and its memory then";

    public async Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var command = context.Options.ServerCommand ?? throw new ScenarioSkippedException("needs --server-command with {port} and {data}");
        var ready = new List<double>();
        var memory = new List<double>();

        // The first start reads the program from disk; like a warm-up it doesn't count.
        for (var i = 0; i <= context.Options.Runs; i++)
        {
            context.Progress.Report("starting", (double)i / (context.Options.Runs + 1));
            var (milliseconds, megabytes) = await StartOnceAsync(command, cancellationToken);
            if (i > 0)
            {
                ready.Add(milliseconds);
                memory.Add(megabytes);
            }
        }

        return
        [
            new Row
            {
                Scenario = Name,
                Title = Description,
                Label = context.Options.Label,
                Metrics = [new Metric(MetricKeys.Ready, "ms", ready), new Metric(MetricKeys.Memory, "MB", memory)],
                Command = context.Options.CommandFor(Name) + " --server-command …",
            },
        ];
    }

    private static async Task<(double Milliseconds, double Megabytes)> StartOnceAsync(string command, CancellationToken cancellationToken)
    {
        var data = Directory.CreateTempSubdirectory("chat4all-start-up-");
        try
        {
            var port = ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture);
            var started = Stopwatch.GetTimestamp();
            await using var server = ServerProcess.Start(command.Replace("{port}", port, StringComparison.Ordinal).Replace("{data}", data.FullName, StringComparison.Ordinal));
            var ready = await server.WaitUntilReadyAsync(new Uri($"http://127.0.0.1:{port}"), Limit, cancellationToken);
            return (Stopwatch.GetElapsedTime(started, ready).TotalMilliseconds, ProcessMemory.ResidentBytes(server.Id) / 1024.0 / 1024.0);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }
}
