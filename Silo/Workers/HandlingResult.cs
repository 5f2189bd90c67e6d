namespace Chat4All.Silo.Workers;

/// <summary>What became of an attempt at a record.</summary>
public readonly record struct HandlingResult
{
    private HandlingResult(HandlingOutcome outcome, string? reason = null, TimeSpan delay = default) => (Outcome, Reason, Delay) = (outcome, reason, delay);

    public HandlingOutcome Outcome { get; }

    /// <summary>Why there is a retry or none.</summary>
    public string? Reason { get; }

    /// <summary>How long to wait, with <see cref="HandlingOutcome.Wait"/>.</summary>
    public TimeSpan Delay { get; }

    /// <summary>The record is dealt with.</summary>
    public static HandlingResult Done { get; } = new(HandlingOutcome.Done);

    /// <summary>A passing failure: again after 1, 2 and 4 s, then <see cref="IKeyedHandler.GiveUpAsync"/>.</summary>
    public static HandlingResult Retry(string reason) => new(HandlingOutcome.Retry, reason);

    /// <summary>It can never be handled: <see cref="IKeyedHandler.GiveUpAsync"/> at once.</summary>
    public static HandlingResult GiveUp(string reason) => new(HandlingOutcome.GiveUp, reason);

    /// <summary>Not now: again after a while. Does not count as an attempt.</summary>
    public static HandlingResult Wait(TimeSpan delay) => new(HandlingOutcome.Wait, delay: delay);
}

/// <summary>The kinds of <see cref="HandlingResult"/>.</summary>
public enum HandlingOutcome
{
    Done = 0,
    Retry,
    GiveUp,
    Wait,
}
