namespace Chat4All.Infrastructure.Connectors.Simulator;

/// <summary>
/// Everything that is left to chance for one attempt of one delivery. A hash of the seed, the delivery and the attempt decides, not a generator's state, so that
/// the order in which messages are sent changes nothing.
/// </summary>
internal readonly struct Chance(long seed, string deliveryId, int attempt)
{
    private readonly ulong _state = Hash(seed, deliveryId, attempt);

    /// <summary>A number from 0 to below 1, evenly distributed; the same one for the same purpose.</summary>
    public double Draw(int purpose) => (Mix(_state + ((ulong)purpose * 0x9e3779b97f4a7c15)) >> 11) * (1.0 / (1UL << 53));

    /// <summary>A time between two bounds, evenly distributed.</summary>
    public TimeSpan Between(TimeSpan min, TimeSpan max, int purpose) => min + ((max - min) * Draw(purpose));

    /// <summary>A time from the log-normal distribution that has this median and this 99th percentile.</summary>
    public TimeSpan LogNormal(TimeSpan median, TimeSpan p99, int purpose)
    {
        const double ZOf99 = 2.3263478740408408;
        if (p99 <= median || median == TimeSpan.Zero)
        {
            return median;
        }

        // Box and Muller, 1958. The first draw is kept away from 0, whose logarithm is infinite.
        var normal = Math.Sqrt(-2 * Math.Log(1 - Draw(purpose))) * Math.Cos(2 * Math.PI * Draw(purpose + 1));
        return median * Math.Exp(normal * Math.Log(p99 / median) / ZOf99);
    }

    /// <summary>FNV-1a over the id's characters.</summary>
    private static ulong Hash(long seed, string id, int attempt)
    {
        var hash = 14695981039346656037 ^ Mix((ulong)seed);
        foreach (var character in id)
        {
            hash = (hash ^ character) * 1099511628211;
        }

        return Mix(hash + (ulong)attempt);
    }

    /// <summary>The finalizer of SplitMix64.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
