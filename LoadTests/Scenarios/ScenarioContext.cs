using System.Diagnostics;
using System.Globalization;
using System.Net;
using Chat4All.LoadTests.CommandLine;
using Chat4All.LoadTests.Load;
using Chat4All.LoadTests.Reporting;
using Chat4All.LoadTests.Server;
using Chat4All.LoadTests.Statistics;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>What a scenario works with.</summary>
internal sealed class ScenarioContext(RunOptions options, EndPoint address, ChatApi api, Population population, IProgress progress)
{
    public RunOptions Options => options;

    public EndPoint Address => address;

    public ChatApi Api => api;

    public Population Population => population;

    public IProgress Progress => progress;

    /// <summary>Part of the ids that a scenario makes, so that it can run again on the same store.</summary>
    public string RunId { get; } = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture);

    /// <summary>The same, with another process as the one whose processor time is measured.</summary>
    public ScenarioContext WithServer(int processId) => new(options with { ServerProcessId = processId }, address, api, population, progress);

    /// <summary>Warms up, then makes the timed runs, on a thread of their own.</summary>
    /// <param name="run">One run of the given length.</param>
    /// <param name="cancellationToken">Ends the runs early.</param>
    /// <param name="onWarm">Awaited between the warm-up and the first timed run.</param>
    public async Task<Measurement> MeasureAsync(
        Func<TimeSpan, CpuMeter, CancellationToken, LoadRun> run, CancellationToken cancellationToken, Func<CancellationToken, Task>? onWarm = null)
    {
        var cpu = new CpuMeter(options.ServerProcessId);
        var warmUp = await TimedAsync("warm-up", options.WarmUp, () => run(options.WarmUp, cpu, cancellationToken));
        await (onWarm?.Invoke(cancellationToken) ?? Task.CompletedTask);
        var runs = new List<LoadRun>();
        for (var i = 1; i <= options.Runs; i++)
        {
            runs.Add(await TimedAsync($"run {i} of {options.Runs}", options.Duration, () => run(options.Duration, cpu, cancellationToken)));
        }

        return new Measurement(warmUp, runs);
    }

    /// <summary>Runs blocking work on a thread of its own, reporting progress by the clock.</summary>
    public async Task<T> TimedAsync<T>(string step, TimeSpan expected, Func<T> work)
    {
        var started = Stopwatch.GetTimestamp();
        var task = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        do
        {
            progress.Report(step, expected > TimeSpan.Zero ? Math.Min(1, Stopwatch.GetElapsedTime(started) / expected) : 1);
        }
        while (await Task.WhenAny(task, Task.Delay(500)) != task);

        return await task;
    }

    /// <summary>Processor time for each thing that the rate counts: what a busy machine, unlike the rate, hardly changes.</summary>
    private static IEnumerable<string> CpuEach(Measurement measured)
    {
        var runs = measured.Runs.Where(run => run.Rate > 0 && run.Cpu.Server is not null).ToList();
        if (runs.Count > 0)
        {
            var server = Median.Of(runs.Select(run => run.Cpu.Server!.Value / run.Rate * 1e6));
            var client = Median.Of(runs.Select(run => run.Cpu.Client / run.Rate * 1e6));
            yield return string.Create(CultureInfo.InvariantCulture, $"{server:0.0} µs of processor time each in the server, {client:0.0} µs in the load generator");
        }
    }

    public Row Row(string scenario, string title, Measurement measured, LedgerResult? ledger, params string[] notes) => new()
    {
        Scenario = scenario,
        Title = title,
        Label = options.Label,
        Metrics = measured.Metrics(),
        Answers = measured.Answers,
        Verified = ledger?.Agrees,
        Notes = [.. ledger is { } result ? [result.ToString()] : Array.Empty<string>(), .. notes, .. CpuEach(measured)],
        Command = options.CommandFor(scenario),
    };
}
