using Orleans.Runtime;

namespace Orleans;

/// <summary>A reminder as stored.</summary>
[GenerateSerializer]
public sealed class ReminderEntry
{
    /// <summary>Whom it reminds.</summary>
    [Id(0)]
    public GrainId GrainId { get; set; }

    /// <summary>Unique within the grain.</summary>
    [Id(1)]
    public string ReminderName { get; set; } = null!;

    /// <summary>First tick, UTC.</summary>
    [Id(2)]
    public DateTime StartAt { get; set; }

    /// <summary>Between ticks.</summary>
    [Id(3)]
    public TimeSpan Period { get; set; }

    /// <summary>Changes with each write.</summary>
    [Id(4)]
    public string? ETag { get; set; }

    /// <inheritdoc/>
    public override string ToString() => $"<GrainId={GrainId} ReminderName={ReminderName} Period={Period}>";
}
