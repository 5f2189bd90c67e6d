using System.Globalization;

namespace Chat4All.LoadTests.Reporting;

/// <summary>
/// The project's targets. Some are shares of what the machine can do at all: K (HTTP alone), P (PostgreSQL alone) and
/// L = 1/(1/K + 1/P), measured in the same report; without those rows such a target has no number.
/// </summary>
internal sealed class TargetTable
{
    private readonly double? _k;
    private readonly double? _p;

    public TargetTable(IEnumerable<Row> rows)
    {
        var measured = rows.Where(row => !row.Skipped).ToList();
        _k = measured.LastOrDefault(row => row is { Scenario: "baseline-k", Title: var title } && title.Contains("256", StringComparison.Ordinal))?.Value(MetricKeys.Rate);
        _p = measured.LastOrDefault(row => row.Scenario == "baseline-p")?.Value(MetricKeys.Rate);
    }

    /// <summary>What a server whose own work cost nothing could reach on this machine; null without K or P.</summary>
    public double? Limit => _k is { } k && _p is { } p ? 1 / ((1 / k) + (1 / p)) : null;

    public IReadOnlyList<Target> For(Row row)
    {
        var sqlite = row.Label == "sqlite";
        return row.Scenario switch
        {
            "post-64" when sqlite => [Rate(15_000)],
            "post-64" => [Rate(12_000), Latency(MetricKeys.P99, 20)],
            "post-256" when !sqlite && Limit is { } l => [Share(0.65, l, "L")],
            "post-1667" => [Latency(MetricKeys.P99, 5)],
            "hot-conversation" => [Rate(8_000)],
            "batch-200" when !sqlite && _p is { } p => [Share(0.60, p, "P")],
            "commit-to-socket" when row.Title.Contains("after the 202", StringComparison.Ordinal) => [Latency(MetricKeys.P99, 5)],
            "idle-sockets" => [new(MetricKeys.MemoryPerConnection, false, 10, "≤ 10 KB each"), new(MetricKeys.ServerCpu, false, 5, "CPU < 5 % of a core")],
            "fan-out" => [Rate(150_000)],
            "conversation-list" when row.Title.Contains("1 connection,", StringComparison.Ordinal) => [Latency(MetricKeys.P95, 5)],
            "start-up" => [new(MetricKeys.Ready, false, 3_000, "ready ≤ 3 s"), new(MetricKeys.Memory, false, 150, "≤ 150 MB")],
            "upload" or "upload-4" => [new(MetricKeys.OfRaw, true, 60, "≥ 60 % of the store itself"), new(MetricKeys.Merge, false, 1_000, "merge ≤ 1 s")],
            "engine" => [Rate(300_000), new(MetricKeys.MemoryPerActivation, false, 1024, "≤ 1 KB an idle activation")],
            _ => [],
        };
    }

    private static Target Rate(double perSecond) =>
        new(MetricKeys.Rate, true, perSecond, string.Create(CultureInfo.InvariantCulture, $"≥ {perSecond:N0}/s"));

    private static Target Share(double share, double of, string name) => new(
        MetricKeys.Rate, true, share * of, string.Create(CultureInfo.InvariantCulture, $"≥ {share * 100:0} % of {name} = {share * of:N0}/s"));

    private static Target Latency(string percentile, double milliseconds) =>
        new(percentile, false, milliseconds, string.Create(CultureInfo.InvariantCulture, $"{percentile} ≤ {milliseconds:0} ms"));
}
