using System.Globalization;
using System.Net;
using System.Text;

namespace Chat4All.LoadTests.Reporting;

/// <summary>The report as one file that needs nothing else: tables and inline SVG, light and dark.</summary>
internal static class HtmlReport
{
    public static string Write(Report report)
    {
        var lines = ReportLine.From(report);
        var targets = new TargetTable(report.Rows);
        var body = new StringBuilder();
        body.Append(CultureInfo.InvariantCulture, $"""
            <h1>Chat4All benchmarks</h1>
            <p class="lead">{Encode(report.Machine.ToString())}<br>
            {report.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC, commit {Encode(report.Commit)}<br>
            {Encode(report.Method)}; medians of the runs. CPU in percent of one core: load generator / server / whole machine{(targets.Limit is { } limit ? string.Create(CultureInfo.InvariantCulture, $"; L = 1/(1/K + 1/P) = {limit:N0}/s") : "")}</p>

            """);
        body.Append("<h2>Rates and their targets</h2>").Append(Legend(("bar", "median of the runs"), ("mark", "target")));
        body.Append(RateChart.Draw(report.Rows, targets));
        body.Append("<h2>Latencies</h2>").Append(Legend(("p50", "p50"), ("p95", "p95"), ("p99", "p99"), ("p999", "p99.9"), ("max", "max")));
        body.Append(LatencyChart.Draw(report.Rows, targets));
        body.Append("<h2>All rows</h2>");
        foreach (var label in lines.GroupBy(line => line.Row.Label))
        {
            body.Append("<h3>").Append(label.Key.Length == 0 ? "Baselines" : Encode(label.Key)).Append("</h3>");
            Table(body, label);
        }

        return $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>Chat4All benchmarks</title>
            <style>{HtmlReportStyle.Css}</style>
            </head>
            <body><main>
            {body}
            </main></body>
            </html>

            """;
    }

    private static string Legend(params (string Class, string Text)[] entries) =>
        $"<p class=\"legend\">{string.Concat(entries.Select(entry => $"<span><i class=\"{entry.Class}\"></i>{entry.Text}</span>"))}</p>";

    private static void Table(StringBuilder body, IEnumerable<ReportLine> lines)
    {
        body.Append("<div class=\"scroll\"><table><thead><tr><th>row</th><th>result</th>");
        foreach (var key in MetricKeys.Latencies)
        {
            body.Append("<th class=\"n\">").Append(key).Append(" ms</th>");
        }

        body.Append("<th class=\"n\">CPU %</th><th>target</th><th>verdict</th></tr></thead><tbody>");
        foreach (var line in lines)
        {
            var remarks = line.Row.Notes.Append(line.Failures).Append(line.Row.Command).Where(text => text.Length > 0 && !line.Row.Skipped);
            body.Append("<tr><td>").Append(Encode(line.Row.Title)).Append("<small>").Append(string.Join("<br>", remarks.Select(Encode))).Append("</small></td>");
            body.Append("<td>").Append(Encode(line.Result)).Append("</td>");
            foreach (var latency in line.Latencies)
            {
                body.Append("<td class=\"n\">").Append(latency).Append("</td>");
            }

            var tone = line.Verdict.Length == 0 ? "" : line.IsMiss ? "miss" : "pass";
            body.Append("<td class=\"n\">").Append(line.Cpu).Append("</td><td>").Append(Encode(line.Target)).Append("</td>");
            body.Append("<td class=\"").Append(tone).Append("\">").Append(Encode(line.Verdict)).Append("</td></tr>");
        }

        body.Append("</tbody></table></div>");
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
