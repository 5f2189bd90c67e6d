using System.Text.Json.Serialization;

namespace Chat4All.LoadTests.Reporting;

/// <summary>One line of the report: a scenario's medians, with what they were made of.</summary>
internal sealed record Row
{
    /// <summary>Scenario, such as <c>post-64</c>; a scenario may have several rows.</summary>
    public required string Scenario { get; init; }

    /// <summary>What the row shows, for a reader who doesn't know the scenario's name.</summary>
    public required string Title { get; init; }

    /// <summary>Store or set-up under test, such as <c>postgres</c>; empty when it doesn't matter.</summary>
    public string Label { get; init; } = "";

    public IReadOnlyList<Metric> Metrics { get; init; } = [];

    /// <summary>Every answer of every timed run, by status code or by what went wrong.</summary>
    public IReadOnlyDictionary<string, long> Answers { get; init; } = new Dictionary<string, long>();

    /// <summary>Whether the server has what it accepted; null where there was nothing to compare.</summary>
    public bool? Verified { get; init; }

    /// <summary>Remarks: what the counts were compared with, what limits the row, why it was skipped.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>True when the scenario could not be run as asked.</summary>
    public bool Skipped { get; init; }

    /// <summary>Makes the row again; secrets left out.</summary>
    public string Command { get; init; } = "";

    [JsonIgnore]
    public string Key => Label.Length == 0 ? Scenario : $"{Scenario} ({Label})";

    public double? Value(string key) => Metrics.FirstOrDefault(metric => metric.Key == key)?.Value;
}
