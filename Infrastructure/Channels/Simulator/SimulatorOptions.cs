namespace Chat4All.Infrastructure.Connectors.Simulator;

/// <summary>How a simulated platform behaves. Sections <c>Channels:Simulator</c> and, over it for one channel, <c>Channels:{channel}:Simulator</c>.</summary>
internal sealed record SimulatorOptions
{
    /// <summary>Decides every draw together with the delivery and the attempt. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Half of the requests are answered within this time; 0 to 1 minute, default 0.</summary>
    public TimeSpan MedianLatency { get; init; }

    /// <summary>99 % of the requests are answered within this time, log-normally distributed; at least the median, default the median.</summary>
    public TimeSpan P99Latency { get; init; }

    /// <summary>Share of attempts that are refused for good. Default 0; the four rates together are at most 1.</summary>
    public double FailureRate { get; init; }

    /// <summary>Share of attempts that fail for the moment. Default 0.</summary>
    public double RetryRate { get; init; }

    /// <summary>Share of attempts that are answered with "too fast". Default 0.</summary>
    public double ThrottleRate { get; init; }

    /// <summary>Share of attempts whose answer is lost; every other one did arrive. Default 0.</summary>
    public double UnknownRate { get; init; }

    /// <summary>What a throttled sender is told to wait; 0 to 1 hour, default 1 s.</summary>
    public TimeSpan ThrottleFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether delivered and read receipts come back. Default true.</summary>
    public bool Receipts { get; init; } = true;

    /// <summary>Whether recipients read. Default true.</summary>
    public bool ReadReceipts { get; init; } = true;

    /// <summary>Shortest and longest time from the answer to the delivered receipt; up to 1 hour, default 100 ms to 800 ms.</summary>
    public TimeSpan DeliveredMin { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc cref="DeliveredMin"/>
    public TimeSpan DeliveredMax { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>Shortest and longest time from the delivered receipt to the read receipt; up to 1 hour, default 200 ms to 1.8 s.</summary>
    public TimeSpan ReadMin { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <inheritdoc cref="ReadMin"/>
    public TimeSpan ReadMax { get; init; } = TimeSpan.FromMilliseconds(1800);

    /// <summary>Most receipts of all channels on their way; more are lost and counted. 100 to 10,000,000, default 200,000. Only in <c>Channels:Simulator</c>.</summary>
    public int MaxPendingReceipts { get; init; } = 200_000;

    /// <summary>
    /// File to which each message sent is appended as a line of JSON before the answer, so that a test can see what left; unset for none. Only in <c>Channels:Simulator</c>.
    /// </summary>
    public string LedgerFile { get; init; } = "";

    public IEnumerable<(string Property, string Problem)> Check()
    {
        var hour = TimeSpan.FromHours(1);
        if (MedianLatency < TimeSpan.Zero || MedianLatency > TimeSpan.FromMinutes(1))
        {
            yield return (nameof(MedianLatency), "must be 0 to 1 minute");
        }

        if (P99Latency != TimeSpan.Zero && (P99Latency < MedianLatency || P99Latency > TimeSpan.FromMinutes(5)))
        {
            yield return (nameof(P99Latency), "must be at least MedianLatency and at most 5 minutes");
        }

        double[] rates = [FailureRate, RetryRate, ThrottleRate, UnknownRate];
        if (!rates.All(static rate => rate is >= 0 and <= 1) || rates.Sum() > 1 + 1e-9)
        {
            yield return (nameof(FailureRate), "and RetryRate, ThrottleRate, UnknownRate must be 0 to 1, and together at most 1");
        }

        if (ThrottleFor < TimeSpan.Zero || ThrottleFor > hour)
        {
            yield return (nameof(ThrottleFor), "must be 0 to 1 hour");
        }

        if (DeliveredMin < TimeSpan.Zero || DeliveredMax < DeliveredMin || DeliveredMax > hour)
        {
            yield return (nameof(DeliveredMax), "must be at least DeliveredMin, neither below 0, and at most 1 hour");
        }

        if (ReadMin < TimeSpan.Zero || ReadMax < ReadMin || ReadMax > hour)
        {
            yield return (nameof(ReadMax), "must be at least ReadMin, neither below 0, and at most 1 hour");
        }

        if (MaxPendingReceipts is < 100 or > 10_000_000)
        {
            yield return (nameof(MaxPendingReceipts), "must be 100 to 10000000");
        }
    }
}
