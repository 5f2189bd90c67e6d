namespace Orleans.Hosting;

/// <summary>Settings of the in-process engine. The defaults are those of Orleans.</summary>
public sealed class LocalEngineOptions
{
    /// <summary>From call to answer; after that the caller gets a <see cref="TimeoutException"/>. Positive. Default: 30 seconds.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a call that timed out is also cancelled in its grain, if it takes a token. Default: no.</summary>
    public bool CancelRequestOnTimeout { get; set; }

    /// <summary>How long an activation may be idle. Positive, or infinite for ever. Default: 15 minutes.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often idle activations are looked for. Positive. Default: 1 minute.</summary>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest time for OnActivateAsync. Positive. Default: 30 seconds.</summary>
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time for OnDeactivateAsync. Positive. Default: 30 seconds.</summary>
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Calls that may wait for one activation; more are refused with <c>LimitExceededException</c>. Default: 0, no limit.</summary>
    public int MaxEnqueuedRequests { get; set; }

    /// <summary>Shortest period of a reminder. Positive. Default: 1 minute.</summary>
    public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>For tests: a seed to shuffle calls that are not awaited in turn, whose order nobody may rely on. Default: null, no shuffling.</summary>
    public int? ShuffleCalls { get; set; }

    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its bounds; the exception names it.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ResponseTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CollectionQuantum, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ActivationTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(DeactivationTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MinimumReminderPeriod, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxEnqueuedRequests);
        if (CollectionAge != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CollectionAge, TimeSpan.Zero);
        }
    }
}
