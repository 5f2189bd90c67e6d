using System.Globalization;
using System.Net;
using System.Text;

namespace Chat4All.LoadTests.Reporting;

/// <summary>The percentiles of each row on one logarithmic scale in milliseconds, with a mark at the row's target.</summary>
internal static class LatencyChart
{
    private const int LabelWidth = 250;
    private const int PlotWidth = 770;
    private const int Width = LabelWidth + PlotWidth + 30;
    private const int RowHeight = 30;
    private const int AxisHeight = 24;

    private static readonly string[] Classes = ["p50", "p95", "p99", "p999", "max"];

    public static string Draw(IReadOnlyList<Row> rows, TargetTable targets)
    {
        var drawn = rows.Where(row => row.Value(MetricKeys.P50) > 0).ToList();
        if (drawn.Count == 0)
        {
            return "";
        }

        var lowest = Math.Floor(Math.Log10(drawn.Min(row => row.Value(MetricKeys.P50)!.Value)));
        var highest = Math.Max(lowest + 1, Math.Ceiling(Math.Log10(drawn.Max(row => row.Value(MetricKeys.Max)!.Value))));
        double X(double milliseconds) => LabelWidth + ((Math.Log10(milliseconds) - lowest) / (highest - lowest) * PlotWidth);

        var height = (drawn.Count * RowHeight) + AxisHeight;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"Latency percentiles\">");
        for (var decade = lowest; decade <= highest; decade++)
        {
            var x = X(Math.Pow(10, decade));
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"0\" y2=\"{height - AxisHeight}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"soft\" x=\"{x:0.#}\" y=\"{height - 6}\" text-anchor=\"middle\">{Math.Pow(10, decade):G4} ms</text>");
        }

        for (var i = 0; i < drawn.Count; i++)
        {
            DrawRow(svg, drawn[i], (i * RowHeight) + (RowHeight / 2), X, targets);
        }

        return svg.Append("</svg>").ToString();
    }

    private static void DrawRow(StringBuilder svg, Row row, int y, Func<double, double> x, TargetTable targets)
    {
        var title = WebUtility.HtmlEncode(row.Title);
        svg.Append(CultureInfo.InvariantCulture, $"<g><title>{title}</title><text x=\"{LabelWidth - 12}\" y=\"{y + 4}\" text-anchor=\"end\">{WebUtility.HtmlEncode(Name(row))}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"range\" x1=\"{x(row.Value(MetricKeys.P50)!.Value):0.#}\" x2=\"{x(row.Value(MetricKeys.Max)!.Value):0.#}\" y1=\"{y}\" y2=\"{y}\"/>");
        for (var i = Classes.Length - 1; i >= 0; i--)
        {
            var value = row.Value(MetricKeys.Latencies[i])!.Value;
            svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"{Classes[i]}\" cx=\"{x(value):0.#}\" cy=\"{y}\" r=\"5\"><title>{MetricKeys.Latencies[i]} {value:0.##} ms</title></circle>");
        }

        foreach (var target in targets.For(row).Where(target => MetricKeys.Latencies.Contains(target.Metric)))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"mark\" x1=\"{x(target.Value):0.#}\" x2=\"{x(target.Value):0.#}\" y1=\"{y - 12}\" y2=\"{y + 12}\"><title>{target.Text}</title></line>");
        }

        svg.Append("</g>");
    }

    private static string Name(Row row) => row switch
    {
        { Scenario: "commit-to-socket" } => (row.Title.Contains("after the 202", StringComparison.Ordinal) ? "202 to socket" : "send to socket") + $" ({row.Label})",
        { Scenario: "baseline-k" } => row.Title.Contains("256", StringComparison.Ordinal) ? "K, 256 connections" : "K, 64 connections",
        { Scenario: "conversation-list" } => "list, " + string.Join(',', row.Title.Split(',')[^2..]).Replace(" connections", "×", StringComparison.Ordinal).Replace(" connection", "×", StringComparison.Ordinal) + $" ({row.Label})",
        _ => row.Key,
    };
}
