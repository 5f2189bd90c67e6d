using Chat4All.LoadTests.Statistics;

namespace Chat4All.LoadTests.Reporting;

/// <summary>One measured quantity of a row.</summary>
/// <param name="Key">One of <see cref="MetricKeys"/>.</param>
/// <param name="Unit">Such as <c>/s</c>, <c>ms</c>, <c>KB</c>.</param>
/// <param name="Runs">The value of each run.</param>
internal sealed record Metric(string Key, string Unit, IReadOnlyList<double> Runs)
{
    public double Value => Median.Of(Runs);
}
