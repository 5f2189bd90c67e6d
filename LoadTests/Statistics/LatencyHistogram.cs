using System.Numerics;

namespace Chat4All.LoadTests.Statistics;

/// <summary>
/// Log-linear counts of latencies from 1 µs to 60 s with three significant digits (the layout of Gil Tene's HdrHistogram):
/// values up to 2,047 µs are counted exactly, every further power of two shares 1,024 equal slots. Recording never allocates.
/// Not safe for concurrent use: one histogram a thread, merged afterwards.
/// </summary>
internal sealed class LatencyHistogram
{
    /// <summary>Longer latencies are counted as this one, in microseconds.</summary>
    public const long MaximumMicroseconds = 60_000_000;

    private const int SubBucketBits = 11;
    private const int SubBucketHalf = 1 << (SubBucketBits - 1);

    private readonly long[] _counts = new long[IndexOf(MaximumMicroseconds) + 1];
    private double _sum;

    /// <summary>How many latencies were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The longest recorded latency in microseconds, exact.</summary>
    public long Maximum { get; private set; }

    /// <summary>The mean in microseconds, exact; 0 when nothing was recorded.</summary>
    public double Mean => Count == 0 ? 0 : _sum / Count;

    /// <summary>Counts one latency; what is below 1 µs counts as 1 µs, what is above 60 s as 60 s.</summary>
    public void Record(long microseconds)
    {
        var value = Math.Clamp(microseconds, 1, MaximumMicroseconds);
        _counts[IndexOf(value)]++;
        Count++;
        _sum += value;
        Maximum = Math.Max(Maximum, value);
    }

    /// <summary>Counts the time between two <see cref="System.Diagnostics.Stopwatch"/> timestamps.</summary>
    public void RecordBetween(long startTimestamp, long endTimestamp) =>
        Record((long)System.Diagnostics.Stopwatch.GetElapsedTime(startTimestamp, endTimestamp).TotalMicroseconds);

    /// <summary>Adds another histogram's counts to this one.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
        _sum += other._sum;
        Maximum = Math.Max(Maximum, other.Maximum);
    }

    /// <summary>The value in microseconds that <paramref name="percent"/> (0..100) of the latencies don't exceed; 0 when nothing was recorded.</summary>
    public long Percentile(double percent)
    {
        if (Count == 0)
        {
            return 0;
        }

        var wanted = Math.Max(1, (long)Math.Ceiling(percent / 100 * Count));
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted)
            {
                return Math.Min(HighestOf(i), Maximum);
            }
        }

        return Maximum;
    }

    private static int IndexOf(long value)
    {
        var bucket = Math.Max(0, BitOperations.Log2((ulong)value) - (SubBucketBits - 1));
        return (bucket * SubBucketHalf) + (int)(value >> bucket);
    }

    /// <summary>The highest value that shares the slot, so that a percentile never reads too low.</summary>
    private static long HighestOf(int index)
    {
        var bucket = Math.Max(0, (index / SubBucketHalf) - 1);
        var subBucket = (long)index - (bucket * SubBucketHalf);
        return ((subBucket + 1) << bucket) - 1;
    }
}
