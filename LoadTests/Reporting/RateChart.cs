using System.Globalization;
using System.Net;
using System.Text;

namespace Chat4All.LoadTests.Reporting;

/// <summary>One bar a row that has a rate, with a mark at its target. Each scale is the row's own: 300,000 and 2,000 a second don't share one.</summary>
internal static class RateChart
{
    private const int LabelWidth = 250;
    private const int BarWidth = 600;
    private const int RowHeight = 30;
    private const int ValueWidth = 200;

    public static string Draw(IReadOnlyList<Row> rows, TargetTable targets)
    {
        var drawn = rows.Where(row => row.Value(MetricKeys.Rate) > 0 && !IsPaced(row)).ToList();
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {LabelWidth + BarWidth + ValueWidth} {drawn.Count * RowHeight}\" role=\"img\" aria-label=\"Rates and targets\">");
        for (var i = 0; i < drawn.Count; i++)
        {
            var rate = drawn[i].Value(MetricKeys.Rate)!.Value;
            var target = targets.For(drawn[i]).Where(t => t.Metric == MetricKeys.Rate).Select(t => (double?)t.Value).FirstOrDefault();
            DrawRow(svg, Name(drawn[i]), i * RowHeight, rate, target);
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>At a given rate the rate itself says nothing.</summary>
    private static bool IsPaced(Row row) => row.Scenario is "post-1667" or "commit-to-socket";

    private static string Name(Row row) => row.Scenario == "baseline-k"
        ? "K, " + (row.Title.Contains("256", StringComparison.Ordinal) ? "256" : "64") + " connections"
        : row.Scenario == "baseline-p" ? "P" : row.Key;

    private static void DrawRow(StringBuilder svg, string name, int y, double rate, double? target)
    {
        var scale = BarWidth / (Math.Max(rate, target ?? 0) * 1.02);
        var value = target is { } wanted ? string.Create(CultureInfo.InvariantCulture, $"{rate:N0}/s of {wanted:N0}") : string.Create(CultureInfo.InvariantCulture, $"{rate:N0}/s");
        svg.Append(CultureInfo.InvariantCulture, $"""
            <text x="{LabelWidth - 12}" y="{y + 19}" text-anchor="end">{WebUtility.HtmlEncode(name)}</text>
            <rect class="bar" x="{LabelWidth}" y="{y + 6}" width="{rate * scale:0.#}" height="{RowHeight - 12}" rx="2"/>
            <text class="soft" x="{LabelWidth + BarWidth + 12}" y="{y + 19}">{value}</text>

            """);
        if (target is { } at)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"mark\" x1=\"{LabelWidth + (at * scale):0.#}\" x2=\"{LabelWidth + (at * scale):0.#}\" y1=\"{y + 2}\" y2=\"{y + RowHeight - 2}\"/>");
        }
    }
}
