using System.Globalization;
using System.Text;

namespace Chat4All.LoadTests.Reporting;

/// <summary>The report as a page of <c>docs/</c>.</summary>
internal static class MarkdownReport
{
    public static string Write(Report report)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Measured {report.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC at commit `{report.Commit}` on {report.Machine}.");
        text.AppendLine(CultureInfo.InvariantCulture, $"{report.Method}; medians of the runs, lowest and highest in parentheses. Latencies in ms. CPU in percent of one core: load generator / server / whole machine, PostgreSQL included.");
        if (new TargetTable(report.Rows).Limit is { } limit)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"L = 1/(1/K + 1/P) = {limit:N0}/s.");
        }

        var lines = ReportLine.From(report);
        foreach (var label in lines.GroupBy(line => line.Row.Label))
        {
            text.AppendLine().AppendLine("### " + (label.Key.Length == 0 ? "Baselines" : label.Key)).AppendLine();
            text.AppendLine("| row | result | p50 | p95 | p99 | p99.9 | max | CPU % | target | verdict |");
            text.AppendLine("|---|---|---|---|---|---|---|---|---|---|");
            foreach (var line in label)
            {
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"| {line.Row.Title} | {line.Result} | {string.Join(" | ", line.Latencies)} | {line.Cpu} | {line.Target} | {line.Verdict} |");
            }
        }

        Remarks(text, lines);
        return text.ToString();
    }

    private static void Remarks(StringBuilder text, IReadOnlyList<ReportLine> lines)
    {
        text.AppendLine().AppendLine("### What was run and counted").AppendLine();
        foreach (var row in lines.Where(line => !line.Row.Skipped).GroupBy(line => line.Row.Key))
        {
            var first = row.First();
            text.AppendLine(CultureInfo.InvariantCulture, $"- `{first.Row.Command}`");
            foreach (var remark in row.SelectMany(line => line.Row.Notes.Append(line.Failures)).Where(remark => remark.Length > 0).Distinct())
            {
                text.AppendLine("  - " + remark);
            }
        }
    }
}
