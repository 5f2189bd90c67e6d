using System.Globalization;
using System.Net;
using System.Text;

namespace Chat4All.LoadTests.Reporting;

/// <summary>One bar a rate, with a mark at its target. What is counted in the same unit shares a scale: messages, deliveries, grain calls.</summary>
internal static class RateChart
{
    private const int LabelWidth = 250;
    private const int BarWidth = 600;
    private const int RowHeight = 30;
    private const int ValueWidth = 200;
    private const int GapHeight = 18;

    /// <summary>Scenarios that share a scale. The others run at a given rate, or are about latency only.</summary>
    private static readonly string[][] Scales =
    [
        ["baseline-k", "baseline-p", "post-64", "post-256", "hot-conversation", "batch-200"],
        ["fan-out"],
        ["engine"],
    ];

    public static string Draw(IReadOnlyList<Row> rows, TargetTable targets)
    {
        var bars = new StringBuilder();
        var y = 0;
        foreach (var scenarios in Scales)
        {
            var drawn = rows.Where(row => scenarios.Contains(row.Scenario) && row.Value(MetricKeys.Rate) > 0)
                .Select(row => (Name: Name(row), Rate: row.Value(MetricKeys.Rate)!.Value, Target: TargetOf(row, targets)))
                .ToList();
            var scale = drawn.Count == 0 ? 0 : BarWidth / drawn.Max(row => Math.Max(row.Rate, row.Target ?? 0));
            foreach (var (name, rate, target) in drawn)
            {
                DrawRow(bars, name, y, rate, target, scale);
                y += RowHeight;
            }

            y += drawn.Count > 0 ? GapHeight : 0;
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"<svg viewBox=\"0 0 {LabelWidth + BarWidth + ValueWidth} {y}\" role=\"img\" aria-label=\"Rates and targets\">{bars}</svg>");
    }

    private static double? TargetOf(Row row, TargetTable targets) =>
        targets.For(row).Where(target => target.Metric == MetricKeys.Rate).Select(target => (double?)target.Value).FirstOrDefault();

    private static string Name(Row row) => row.Scenario switch
    {
        "baseline-k" => row.Title.Contains("256", StringComparison.Ordinal) ? "K, 256 connections" : "K, 64 connections",
        "baseline-p" => "P",
        _ => row.Key,
    };

    private static void DrawRow(StringBuilder svg, string name, int y, double rate, double? target, double scale)
    {
        var value = target is { } wanted ? string.Create(CultureInfo.InvariantCulture, $"{rate:N0}/s of {wanted:N0}") : string.Create(CultureInfo.InvariantCulture, $"{rate:N0}/s");
        svg.Append(CultureInfo.InvariantCulture, $"""
            <text x="{LabelWidth - 12}" y="{y + 19}" text-anchor="end">{WebUtility.HtmlEncode(name)}</text>
            <rect class="bar" x="{LabelWidth}" y="{y + 6}" width="{rate * scale:0.#}" height="{RowHeight - 12}" rx="2"/>
            <text class="soft" x="{LabelWidth + BarWidth + 12}" y="{y + 19}">{value}</text>

            """);
        if (target is { } at)
        {
            var x = LabelWidth + (at * scale);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"mark\" x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"{y + 2}\" y2=\"{y + RowHeight - 2}\"/>");
        }
    }
}
