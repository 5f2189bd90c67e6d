using Chat4All.LoadTests.Statistics;

namespace Chat4All.Tests.LoadTests;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Percentiles_are_within_a_thousandth_of_the_sorted_values()
    {
        var random = new Random(7);
        var values = Enumerable.Range(0, 100_000).Select(_ => (long)Math.Exp(random.NextDouble() * Math.Log(LatencyHistogram.MaximumMicroseconds))).ToArray();
        var histogram = new LatencyHistogram();
        foreach (var value in values)
        {
            histogram.Record(value);
        }

        Array.Sort(values);
        foreach (var percent in new[] { 0.1, 25, 50, 95, 99, 99.9, 99.99, 100 })
        {
            var exact = values[(int)Math.Ceiling(percent / 100 * values.Length) - 1];
            Assert.InRange(histogram.Percentile(percent), exact, Math.Ceiling(exact * 1.001));
        }
    }

    [Fact]
    public void Latencies_up_to_two_milliseconds_are_exact()
    {
        for (var value = 1; value < 2048; value++)
        {
            var histogram = new LatencyHistogram();
            histogram.Record(value);
            histogram.Record(2047);
            Assert.Equal(value, histogram.Percentile(50));
        }
    }

    [Theory]
    [InlineData(-5, 1)]
    [InlineData(0, 1)]
    [InlineData(60_000_000, 60_000_000)]
    [InlineData(long.MaxValue, 60_000_000)]
    public void What_lies_outside_the_bounds_counts_as_the_bound(long recorded, long counted)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(recorded);
        Assert.Equal(counted, histogram.Percentile(100));
        Assert.Equal(counted, histogram.Maximum);
    }

    [Fact]
    public void An_empty_histogram_answers_zero()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal(0, histogram.Percentile(99));
        Assert.Equal(0, histogram.Mean);
    }

    [Fact]
    public void Adding_another_histogram_counts_what_both_counted()
    {
        var one = new LatencyHistogram();
        var other = new LatencyHistogram();
        one.Record(10);
        other.Record(30);
        other.Record(1_000_000);
        one.Add(other);
        Assert.Equal(3, one.Count);
        Assert.Equal(30, one.Percentile(50));
        Assert.Equal(1_000_000, one.Maximum);
        Assert.Equal(1_000_040 / 3.0, one.Mean, 3);
    }

    [Theory]
    [InlineData(new double[0], 0)]
    [InlineData(new[] { 3.0, 1.0, 2.0 }, 2)]
    [InlineData(new[] { 4.0, 1.0, 2.0, 3.0 }, 2.5)]
    public void The_median_is_the_middle_of_the_runs(double[] runs, double median) => Assert.Equal(median, Median.Of(runs));
}
