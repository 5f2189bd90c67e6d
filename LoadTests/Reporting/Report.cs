namespace Chat4All.LoadTests.Reporting;

/// <summary>What one run of the generator, or several merged, measured.</summary>
internal sealed record Report
{
    public required Machine.MachineInfo Machine { get; init; }

    /// <summary>Commit of the server under test.</summary>
    public required string Commit { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Timed seconds a run, runs, warm-up seconds.</summary>
    public required string Method { get; init; }

    public required IReadOnlyList<Row> Rows { get; init; }

    /// <summary>One report of several; a row that was measured again replaces the earlier one.</summary>
    /// <exception cref="InvalidDataException">The reports come from different machines, so their rows don't compare.</exception>
    public static Report Merge(IReadOnlyList<Report> reports)
    {
        var first = reports[0];
        if (reports.Any(report => report.Machine.Processor != first.Machine.Processor || report.Machine.Cores != first.Machine.Cores))
        {
            throw new InvalidDataException("The reports were made on different machines.");
        }

        var rows = new List<Row>();
        foreach (var row in reports.SelectMany(report => report.Rows))
        {
            var earlier = rows.FindIndex(other => other.Key == row.Key && other.Title == row.Title);
            if (earlier < 0)
            {
                rows.Add(row);
            }
            else if (!row.Skipped)
            {
                rows[earlier] = row;
            }
        }

        return first with
        {
            StartedAt = reports.Min(report => report.StartedAt),
            Commit = string.Join(", ", reports.Select(report => report.Commit).Distinct()),
            Method = string.Join("; ", reports.Select(report => report.Method).Distinct()),
            Rows = rows,
        };
    }
}
