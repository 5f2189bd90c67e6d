namespace Orleans.Runtime;

/// <summary>What one kind of grain has done since the start of the process.</summary>
public sealed record GrainTypeStatistics
{
    /// <summary>The kind of grain.</summary>
    public required string GrainType { get; init; }

    /// <summary>Activations in memory now.</summary>
    public required long Activations { get; init; }

    /// <summary>Activations ever made.</summary>
    public required long ActivationsMade { get; init; }

    /// <summary>Calls answered, failures included.</summary>
    public required long Calls { get; init; }

    /// <summary>Calls answered with an exception: of the grain, a timeout, a cancellation or a refusal.</summary>
    public required long FailedCalls { get; init; }

    /// <summary>Sum of the times from call to answer.</summary>
    public required TimeSpan TotalLatency { get; init; }

    /// <summary>Calls by time from call to answer: one count for each of <see cref="EngineStatistics.LatencyBounds"/>, one for longer.</summary>
    public required IReadOnlyList<long> LatencyBuckets { get; init; }
}
