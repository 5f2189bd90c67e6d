using System.Net;
using Chat4All.LoadTests.Machine;
using Chat4All.LoadTests.Reporting;
using Chat4All.LoadTests.Scenarios;
using Chat4All.LoadTests.Server;
using Spectre.Console;

namespace Chat4All.LoadTests.CommandLine;

/// <summary><c>loadtests run</c>: measures, prints, writes the files.</summary>
internal sealed class RunCommand(RunOptions options, IAnsiConsole console)
{
    /// <returns>0; 1 when a scenario failed or the server doesn't have what it accepted. A missed target is a result, not a failure.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var startedAt = DateTimeOffset.UtcNow;
        var scenarios = ScenarioList.Select(options.Scenarios);
        using var api = new ChatApi(options.Server);
        var population = new Population(api, options.Admin);
        var address = await ResolveAsync(options.Server, cancellationToken);
        var rows = new List<Row>();
        var failed = false;
        foreach (var scenario in scenarios)
        {
            var title = options.Label.Length > 0 ? $"{scenario.Name} ({options.Label})" : scenario.Name;
            try
            {
                var made = await new ConsoleProgress(console).WatchAsync(
                    title, progress => scenario.RunAsync(new ScenarioContext(options, address, api, population, progress), cancellationToken));
                rows.AddRange(made);
                failed |= made.Any(row => row.Verified == false);
            }
            catch (ScenarioSkippedException skipped)
            {
                rows.Add(NotRun(scenario, skipped.Message));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failed = true;
                rows.Add(NotRun(scenario, $"failed: {e.GetType().Name}: {e.Message}"));
            }

            var all = ReportLine.From(ReportOf(startedAt, rows));
            foreach (var line in all.Where(line => line.Row.Scenario == scenario.Name))
            {
                ConsoleReport.Print(console, line);
            }
        }

        await WriteAsync(ReportOf(startedAt, rows), cancellationToken);
        return failed ? 1 : 0;
    }

    private static async Task<EndPoint> ResolveAsync(Uri server, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(server.Host, cancellationToken);
        return new IPEndPoint(addresses[0], server.Port);
    }

    private Row NotRun(IScenario scenario, string why) => new()
    {
        Scenario = scenario.Name,
        Title = scenario.Description,
        Label = options.Label,
        Skipped = true,
        Notes = [why],
        Command = options.CommandFor(scenario.Name),
    };

    private Report ReportOf(DateTimeOffset startedAt, IReadOnlyList<Row> rows) => new()
    {
        Machine = MachineInfo.Read(),
        Commit = options.Commit,
        StartedAt = startedAt,
        Method = $"{options.Runs} runs of {options.Duration.TotalSeconds} s after {options.WarmUp.TotalSeconds} s of warm-up",
        Rows = rows,
    };

    private async Task WriteAsync(Report report, CancellationToken cancellationToken)
    {
        if (report.Rows.Count > 1)
        {
            ConsoleReport.Print(console, report);
        }

        if (options.JsonFile is { } json)
        {
            await ReportJson.WriteAsync(report, json, cancellationToken);
        }

        if (options.HtmlFile is { } html)
        {
            await File.WriteAllTextAsync(html, HtmlReport.Write(report), cancellationToken);
        }
    }
}
