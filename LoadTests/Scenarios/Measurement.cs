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

    /// <summary>Percent of one core, of this process and, where it is known, of the server.</summary>
    public IEnumerable<Metric> Cpu()
    {
        yield return new Metric(MetricKeys.ClientCpu, "%", [.. Runs.Select(run => run.ClientCpu * 100)]);
        if (Runs.All(run => run.ServerCpu is not null))
        {
            yield return new Metric(MetricKeys.ServerCpu, "%", [.. Runs.Select(run => run.ServerCpu!.Value * 100)]);
        }
    }
}
