namespace Chat4All.LoadTests.Statistics;

/// <summary>The middle of a few runs: one disturbed run of three doesn't move it.</summary>
internal static class Median
{
    /// <summary>The median; the mean of the two middle values for an even number; 0 for none.</summary>
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length switch
        {
            0 => 0,
            var n when n % 2 == 1 => sorted[n / 2],
            var n => (sorted[(n / 2) - 1] + sorted[n / 2]) / 2,
        };
    }
}
