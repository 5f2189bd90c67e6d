using Chat4All.LoadTests.Reporting;
using Spectre.Console;

namespace Chat4All.LoadTests.CommandLine;

/// <summary><c>loadtests report</c>: merges the files of several runs and judges all rows by the baselines among them.</summary>
internal static class ReportCommand
{
    /// <exception cref="UsageException">No file to read, or an unknown option.</exception>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var parsed = new Arguments(arguments);
        var files = parsed.All("--in");
        var (html, markdown, json) = (parsed.Text("--html"), parsed.Text("--markdown"), parsed.Text("--json"));
        parsed.RefuseUnknown();
        if (files.Count == 0)
        {
            throw new UsageException("report needs at least one --in FILE.");
        }

        var reports = await Task.WhenAll(files.Select(file => ReportJson.ReadAsync(file, cancellationToken)));
        var report = Report.Merge(reports);
        ConsoleReport.Print(console, report);
        if (html is not null)
        {
            await File.WriteAllTextAsync(html, HtmlReport.Write(report), cancellationToken);
        }

        if (markdown is not null)
        {
            await File.WriteAllTextAsync(markdown, MarkdownReport.Write(report), cancellationToken);
        }

        if (json is not null)
        {
            await ReportJson.WriteAsync(report, json, cancellationToken);
        }

        return 0;
    }
}
