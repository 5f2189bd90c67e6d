namespace Chat4All.Grains.Outbox;

/// <summary>How outbox rows reach the event log and leave the store.</summary>
public sealed record OutboxOptions
{
    /// <summary>Most events a conversation's publisher hands over at once. 1 to 1,000, default 200.</summary>
    public int PublishBatch { get; init; } = 200;

    /// <summary>Most events a conversation keeps in memory; what comes on top is read back from the store. 100 to 100,000, default 2,000.</summary>
    public int MemoryLimit { get; init; } = 2_000;

    /// <summary>
    /// Most rows that may wait for an event log, or for their slowest worker where the log is the store itself; past it sends are refused with <c>overloaded</c> until some are taken.
    /// 1,000 to 1,000,000,000, default 1,000,000: about 1 GB of PostgreSQL.
    /// </summary>
    public long MaxUnpublished { get; init; } = 1_000_000;

    /// <summary>First wait after the log refused; doubles up to <see cref="MaxBackoff"/>, with up to a quarter of jitter. Default 1 s.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait after the log refused. Default 30 s.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Age from which an unpublished row is taken for left behind, so that its conversation is woken. Default 5 s.</summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long published rows are kept. Default 24 h.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromHours(24);
}
