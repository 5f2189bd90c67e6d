namespace Chat4All.Infrastructure.EmbeddedLog;

/// <summary>The event log in the store's own database.</summary>
public sealed record EmbeddedLogOptions
{
    public const string Section = "EventLog";

    /// <summary>Partitions of each topic: how many processes can share a group's work. May grow between starts. Default 16, 1 to 1,000.</summary>
    public int Partitions { get; init; } = 16;

    /// <summary>How long events are kept that every group has committed; outbox rows have a retention of their own. Default 24, 1 to 87,600.</summary>
    public int RetentionHours { get; init; } = 24;

    /// <summary>
    /// Most events of one topic. Above it those that every group has committed go before their time; when that is not enough, the log refuses new ones. Default 5,000,000, 1,000 to 1,000,000,000.
    /// </summary>
    public long MaxRecords { get; init; } = 5_000_000;

    /// <summary>Most bytes of one topic's events, about; above it as above <see cref="MaxRecords"/>. Default 10 GiB, 1 MiB to 100 TiB.</summary>
    public long MaxBytes { get; init; } = 10L << 30;

    /// <summary>Throws <see cref="InvalidOperationException"/>, naming the setting, when a bound is broken.</summary>
    public EmbeddedLogOptions Validate()
    {
        Require(Partitions is >= 1 and <= 1_000, nameof(Partitions), "1 to 1000");
        Require(RetentionHours is >= 1 and <= 87_600, nameof(RetentionHours), "1 to 87600");
        Require(MaxRecords is >= 1_000 and <= 1_000_000_000, nameof(MaxRecords), "1000 to 1000000000");
        Require(MaxBytes is >= 1L << 20 and <= 100L << 40, nameof(MaxBytes), "1048576 to 109951162777600");
        return this;
    }

    private static void Require(bool holds, string setting, string bounds)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"{Section}:{setting} must be {bounds}.");
        }
    }
}
