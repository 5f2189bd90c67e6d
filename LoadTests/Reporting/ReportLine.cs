using System.Globalization;

namespace Chat4All.LoadTests.Reporting;

/// <summary>A row in words and columns, the same for terminal, Markdown and HTML.</summary>
/// <param name="Row">Where it comes from.</param>
/// <param name="Result">Rate, or what stands in its place.</param>
/// <param name="Latencies">One text for each of <see cref="MetricKeys.Latencies"/>, in milliseconds; empty where there is none.</param>
/// <param name="Cpu">Client's, server's and the whole machine's use, in percent of one core.</param>
/// <param name="Target">What it should reach; empty without a target.</param>
/// <param name="Verdict">Pass, or by how much it is missed.</param>
internal sealed record ReportLine(Row Row, string Result, IReadOnlyList<string> Latencies, string Cpu, string Target, string Verdict)
{
    public static IReadOnlyList<ReportLine> From(Report report)
    {
        var targets = new TargetTable(report.Rows);
        return [.. report.Rows.Select(row => From(row, targets.For(row)))];
    }

    public bool IsMiss => Verdict.Length > 0 && Verdict.Split("; ").Any(verdict => verdict != "pass");

    /// <summary>The answers that were no success, with their counts; empty when all went well.</summary>
    public string Failures => string.Join(", ", Row.Answers
        .Where(answer => answer.Key is not ("200" or "202" or "committed" or "open"))
        .Select(answer => string.Create(CultureInfo.InvariantCulture, $"{answer.Value:N0} × {answer.Key}")));

    private static ReportLine From(Row row, IReadOnlyList<Target> targets)
    {
        if (row.Skipped)
        {
            return new ReportLine(row, "not run: " + string.Join("; ", row.Notes), [.. MetricKeys.Latencies.Select(_ => "")], "", "", "");
        }

        var judged = targets.Where(target => row.Value(target.Metric) is not null).ToList();
        return new ReportLine(
            row,
            ResultOf(row),
            [.. MetricKeys.Latencies.Select(key => row.Value(key) is { } value ? Milliseconds(value) : "")],
            CpuOf(row),
            string.Join("; ", judged.Select(target => target.Text)),
            row.Verified == false ? "COUNTS DISAGREE" : string.Join("; ", judged.Select(target => target.Judge(row.Value(target.Metric)!.Value))));
    }

    private static string ResultOf(Row row)
    {
        string[] keys = [MetricKeys.Rate, MetricKeys.MemoryPerConnection, MetricKeys.MemoryPerActivation, MetricKeys.Ready, MetricKeys.Memory,
            MetricKeys.Throughput, MetricKeys.OfRaw, MetricKeys.Merge, MetricKeys.Download, MetricKeys.PeakMemory];
        return string.Join(", ", row.Metrics.Where(metric => keys.Contains(metric.Key)).Select(metric => metric.Key switch
        {
            MetricKeys.Rate => string.Create(CultureInfo.InvariantCulture, $"{metric.Value:N0}/s{Spread(metric)}"),
            MetricKeys.MemoryPerConnection => string.Create(CultureInfo.InvariantCulture, $"{metric.Value:0.0} KB each"),
            MetricKeys.MemoryPerActivation => string.Create(CultureInfo.InvariantCulture, $"{metric.Value:N0} B an activation"),
            MetricKeys.Ready => string.Create(CultureInfo.InvariantCulture, $"ready in {metric.Value:N0} ms"),
            MetricKeys.Throughput => string.Create(CultureInfo.InvariantCulture, $"{metric.Value:N0} MB/s"),
            MetricKeys.OfRaw => string.Create(CultureInfo.InvariantCulture, $"{metric.Value:0} % of the store itself"),
            MetricKeys.Merge => string.Create(CultureInfo.InvariantCulture, $"merged in {metric.Value:N0} ms"),
            MetricKeys.Download => string.Create(CultureInfo.InvariantCulture, $"down at {metric.Value:N0} MB/s"),
            MetricKeys.PeakMemory => string.Create(CultureInfo.InvariantCulture, $"peak {metric.Value:0} MB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{metric.Value:0} MB"),
        }));
    }

    private static string Spread(Metric metric) => metric.Runs.Count > 1 && metric.Value >= 10
        ? string.Create(CultureInfo.InvariantCulture, $" ({metric.Runs.Min():N0} to {metric.Runs.Max():N0})")
        : "";

    private static string Milliseconds(double value) => value switch
    {
        >= 100 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };

    private static string CpuOf(Row row)
    {
        string[] keys = [MetricKeys.ClientCpu, MetricKeys.ServerCpu, MetricKeys.MachineCpu];
        return keys.All(key => row.Value(key) is null)
            ? ""
            : string.Join(" / ", keys.Select(key => row.Value(key) is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value:0.#}") : "–"));
    }
}
