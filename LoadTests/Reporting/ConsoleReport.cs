using Spectre.Console;

namespace Chat4All.LoadTests.Reporting;

/// <summary>Rows on the console.</summary>
internal static class ConsoleReport
{
    public static void Print(IAnsiConsole console, Report report)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns(["row", "result", .. MetricKeys.Latencies, "CPU % client/server/machine", "target", "verdict"]);
        foreach (var line in ReportLine.From(report))
        {
            var verdict = line.Verdict.Length == 0 ? "" : $"[{(line.IsMiss ? "red" : "green")}]{Markup.Escape(line.Verdict)}[/]";
            table.AddRow(
                [Markup.Escape(line.Row.Key), Markup.Escape(line.Result), .. line.Latencies, line.Cpu, Markup.Escape(line.Target), verdict]);
        }

        console.MarkupLine("[bold]" + Markup.Escape(report.Machine.ToString()) + "[/], commit " + Markup.Escape(report.Commit));
        console.Write(table);
    }

    /// <summary>One finished row, with all that was counted.</summary>
    public static void Print(IAnsiConsole console, ReportLine line)
    {
        var latencies = string.Join("  ", MetricKeys.Latencies.Zip(line.Latencies).Where(pair => pair.Second.Length > 0).Select(pair => $"{pair.First} {pair.Second}"));
        console.WriteLine($"  {line.Row.Title}");
        console.WriteLine($"    {line.Result}{(latencies.Length > 0 ? "   ms: " + latencies : "")}{(line.Cpu.Length > 0 ? "   CPU " + line.Cpu : "")}");
        if (line.Target.Length > 0)
        {
            console.MarkupLine($"    target {Markup.Escape(line.Target)}: [{(line.IsMiss ? "red" : "green")}]{Markup.Escape(line.Verdict)}[/]");
        }

        foreach (var remark in line.Row.Notes.Append(line.Failures.Length > 0 ? "not accepted: " + line.Failures : "").Where(text => text.Length > 0 && !line.Row.Skipped))
        {
            console.WriteLine("    " + remark);
        }
    }
}
