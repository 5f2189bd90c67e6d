using Orleans.Runtime;

namespace Orleans.Local.Statistics;

/// <summary>Counters of one grain class. Each processor counts in an array of its own, so that counting costs no contention.</summary>
internal sealed class GrainStatistics
{
    /// <summary>After the buckets: failures, then total time.</summary>
    private const int Extra = 2;

    private readonly TimeProvider _time;
    private readonly long[] _bounds;
    private readonly long[][] _stripes;
    private long _activations;
    private long _activationsMade;

    public GrainStatistics(TimeProvider time)
    {
        _time = time;
        _bounds = [.. EngineStatistics.LatencyBounds.Select(bound => (long)(bound.TotalSeconds * time.TimestampFrequency))];
        _stripes = new long[Environment.ProcessorCount][];
        for (var i = 0; i < _stripes.Length; i++)
        {
            _stripes[i] = new long[_bounds.Length + 1 + Extra];
        }
    }

    public void OnActivated()
    {
        Interlocked.Increment(ref _activations);
        Interlocked.Increment(ref _activationsMade);
    }

    public void OnDeactivated() => Interlocked.Decrement(ref _activations);

    /// <param name="elapsed">In ticks of the time provider's timestamps.</param>
    /// <param name="failed">Whether the caller gets an exception.</param>
    public void OnCall(long elapsed, bool failed)
    {
        var stripe = _stripes[Thread.GetCurrentProcessorId() % _stripes.Length];
        var bucket = 0;
        while (bucket < _bounds.Length && elapsed > _bounds[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref stripe[bucket]);
        Interlocked.Add(ref stripe[_bounds.Length + 2], elapsed);
        if (failed)
        {
            Interlocked.Increment(ref stripe[_bounds.Length + 1]);
        }
    }

    public GrainTypeStatistics Read(GrainType type)
    {
        var sums = new long[_bounds.Length + 1 + Extra];
        foreach (var stripe in _stripes)
        {
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += Interlocked.Read(ref stripe[i]);
            }
        }

        var buckets = sums[..(_bounds.Length + 1)];
        return new GrainTypeStatistics
        {
            GrainType = type.ToString(),
            Activations = Interlocked.Read(ref _activations),
            ActivationsMade = Interlocked.Read(ref _activationsMade),
            Calls = buckets.Sum(),
            FailedCalls = sums[_bounds.Length + 1],
            TotalLatency = _time.GetElapsedTime(0, sums[_bounds.Length + 2]),
            LatencyBuckets = buckets,
        };
    }
}
