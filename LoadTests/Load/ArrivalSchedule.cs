namespace Chat4All.LoadTests.Load;

/// <summary>
/// When an open-loop load sends: Poisson arrivals (exponential gaps) at a mean rate, the same sequence for the same seed.
/// The schedule never waits for the server, so that a stall shows in every latency that it delays (no coordinated omission).
/// </summary>
internal sealed class ArrivalSchedule
{
    private readonly Random _random;
    private readonly double _meanGap;
    private double _next;

    /// <param name="start">Timestamp before the first arrival.</param>
    /// <param name="perSecond">Mean arrivals a second.</param>
    /// <param name="seed">Of the random gaps.</param>
    public ArrivalSchedule(long start, double perSecond, int seed)
    {
        _random = new Random(seed);
        _meanGap = System.Diagnostics.Stopwatch.Frequency / perSecond;
        _next = start;
        Advance();
    }

    /// <summary>Timestamp of the next arrival.</summary>
    public long Next => (long)_next;

    public void Advance() => _next += -Math.Log(1 - _random.NextDouble()) * _meanGap;
}
