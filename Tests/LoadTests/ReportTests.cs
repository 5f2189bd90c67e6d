using Chat4All.LoadTests.CommandLine;
using Chat4All.LoadTests.Machine;
using Chat4All.LoadTests.Reporting;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.LoadTests;

public sealed class ReportTests
{
    [Fact]
    public void Targets_that_are_shares_come_from_the_baselines_of_the_report()
    {
        var lines = ReportLine.From(ReportOf(
            RateRow("baseline-k", 64_000, "", "K, 64 connections"),
            RateRow("baseline-k", 50_000, "", "K, 256 connections"),
            RateRow("baseline-p", 50_000),
            RateRow("post-256", 16_250, "postgres"),
            RateRow("batch-200", 15_000, "postgres")));
        Assert.Equal(("≥ 65 % of L = 16,250/s", "pass"), (lines[3].Target, lines[3].Verdict));
        Assert.Equal(("≥ 60 % of P = 30,000/s", "short by 50 %"), (lines[4].Target, lines[4].Verdict));
    }

    [Fact]
    public void A_share_has_no_target_without_its_baseline()
    {
        var line = Assert.Single(ReportLine.From(ReportOf(RateRow("post-256", 16_250, "postgres"))));
        Assert.Equal("", line.Target);
        Assert.Equal("", line.Verdict);
    }

    [Theory]
    [InlineData("sqlite", 14_000, "short by 7 %")]
    [InlineData("postgres", 14_000, "pass; over by 50 %")]
    public void Each_store_has_its_own_target(string store, double rate, string verdict)
    {
        var row = RateRow("post-64", rate, store);
        row = row with { Metrics = [.. row.Metrics, new Metric(MetricKeys.P99, "ms", [30])] };
        Assert.Equal(verdict, Assert.Single(ReportLine.From(ReportOf(row))).Verdict);
    }

    [Fact]
    public void Counts_that_disagree_are_no_pass()
    {
        var line = Assert.Single(ReportLine.From(ReportOf(RateRow("hot-conversation", 9_000) with { Verified = false })));
        Assert.Equal("COUNTS DISAGREE", line.Verdict);
        Assert.True(line.IsMiss);
    }

    [Fact]
    public void Merging_keeps_the_newer_of_two_measurements_and_never_replaces_one_by_a_skipped_row()
    {
        var merged = Report.Merge([
            ReportOf(RateRow("post-64", 1_000, "sqlite"), RateRow("baseline-p", 40_000)),
            ReportOf(RateRow("post-64", 2_000, "sqlite"), RateRow("post-64", 3_000, "postgres"), RateRow("baseline-p", 0) with { Skipped = true })]);
        Assert.Equal([2_000, 40_000, 3_000], merged.Rows.Select(row => row.Value(MetricKeys.Rate)!.Value));
    }

    [Fact]
    public void Reports_of_different_machines_are_not_merged() => Assert.Throws<InvalidDataException>(() =>
        Report.Merge([ReportOf(), ReportOf() with { Machine = new MachineInfo("another", 64, 1, "", "") }]));

    [Fact]
    public async Task A_report_is_the_same_after_its_file_was_read()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "report.json");
        var report = ReportOf(RateRow("post-64", 1_234.5, "sqlite") with { Answers = new Dictionary<string, long> { ["202"] = 7, ["503"] = 1 } });
        await ReportJson.WriteAsync(report, file, CancellationToken.None);
        var read = await ReportJson.ReadAsync(file, CancellationToken.None);
        Assert.Equal(MarkdownReport.Write(report), MarkdownReport.Write(read));
        Assert.Equal(HtmlReport.Write(report), HtmlReport.Write(read));
        Assert.Contains("1 × 503", MarkdownReport.Write(read), StringComparison.Ordinal);
    }

    [Fact]
    public void Markup_in_a_remark_stays_text_in_the_page()
    {
        var page = HtmlReport.Write(ReportOf(RateRow("post-64", 1) with { Notes = ["<script>"] }));
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_of_a_row_has_no_secret()
    {
        var options = RunOptions.Parse(["baseline-p", "--postgres", "Host=h;Password=hush", "--admin-secret", "hush", "--label", "postgres"]);
        Assert.DoesNotContain("hush", options.CommandFor("baseline-p"), StringComparison.Ordinal);
        Assert.Contains("--label postgres", options.CommandFor("baseline-p"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--runs", "0")]
    [InlineData("--url", "https://127.0.0.1")]
    [InlineData("--unknown", "x")]
    [InlineData("--label")]
    public void A_wrong_option_is_named(params string[] arguments)
    {
        var error = Assert.Throws<UsageException>(() => RunOptions.Parse(arguments));
        Assert.Contains(arguments[0], error.Message, StringComparison.Ordinal);
    }

    private static Row RateRow(string scenario, double rate, string label = "", string? title = null) => new()
    {
        Scenario = scenario,
        Title = title ?? scenario,
        Label = label,
        Metrics = [new Metric(MetricKeys.Rate, "/s", [rate])],
    };

    private static Report ReportOf(params Row[] rows) => new()
    {
        Machine = new MachineInfo("a processor", 2, 8, "Linux", ".NET"),
        Commit = "abc",
        StartedAt = DateTimeOffset.UnixEpoch,
        Method = "1 run",
        Rows = rows,
    };
}
