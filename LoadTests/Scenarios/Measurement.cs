using Chat4All.LoadTests.Load;
using Chat4All.LoadTests.Reporting;
using Chat4All.LoadTests.Statistics;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>The warm-up and the timed runs of one load.</summary>
internal sealed record Measurement(LoadRun WarmUp, IReadOnlyList<LoadRun> Runs)
{
    public long Accepted => WarmUp.AcceptedInAll + Runs.Sum(run => run.AcceptedInAll);

    public long Unknown => WarmUp.Unknown + Runs.Sum(run => run.Unknown);

    public IReadOnlyDictionary<string, long> Answers => Runs
        .SelectMany(run => run.Answers)
        .GroupBy(answer => answer.Key)
        .OrderBy(answers => answers.Key, StringComparer.Ordinal)
        .ToDictionary(answers => answers.Key, answers => answers.Sum(answer => answer.Value));

    /// <summary>Rate, latencies and processor shares.</summary>
    public IReadOnlyList<Metric> Metrics() =>
        [new Metric(MetricKeys.Rate, "/s", [.. Runs.Select(run => run.Rate)]), .. Latencies(Runs.Select(run => run.Latency)), .. Cpu()];

    /// <summary>Percentiles of each run, in milliseconds.</summary>
    public static IEnumerable<Metric> Latencies(IEnumerable<LatencyHistogram> runs)
    {
        var histograms = runs.ToList();
        return
        [
            Milliseconds(MetricKeys.P50, histogram => histogram.Percentile(50)),
            Milliseconds(MetricKeys.P95, histogram => histogram.Percentile(95)),
            Milliseconds(MetricKeys.P99, histogram => histogram.Percentile(99)),
            Milliseconds(MetricKeys.P999, histogram => histogram.Percentile(99.9)),
            Milliseconds(MetricKeys.Max, histogram => histogram.Maximum),
        ];

        Metric Milliseconds(string key, Func<LatencyHistogram, long> microseconds) =>
            new(key, "ms", [.. histograms.Select(histogram => microseconds(histogram) / 1000.0)]);
    }

    /// <summary>Percent of one core: of this process and, where they are known, of the server and of the machine.</summary>
    public IEnumerable<Metric> Cpu() => Cpu(Runs.Select(run => run.Cpu));

    /// <inheritdoc cref="Cpu()"/>
    public static IEnumerable<Metric> Cpu(IEnumerable<CpuShares> runs)
    {
        var shares = runs.ToList();
        return new[]
        {
            Percent(MetricKeys.ClientCpu, share => share.Client),
            Percent(MetricKeys.ServerCpu, share => share.Server),
            Percent(MetricKeys.MachineCpu, share => share.Machine),
        }.OfType<Metric>();

        Metric? Percent(string key, Func<CpuShares, double?> of) =>
            shares.All(share => of(share) is not null) ? new Metric(key, "%", [.. shares.Select(share => of(share)!.Value * 100)]) : null;
    }
}
