using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>When a grain timer ticks and what its ticks count as.</summary>
public readonly struct GrainTimerCreationOptions()
{
    /// <summary>Sets the two times and leaves the rest at its default.</summary>
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period) : this()
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>Until the first tick. Zero: at once. <see cref="Timeout.InfiniteTimeSpan"/>: not before <see cref="IGrainTimer.Change"/>.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>From the end of one tick to the next. <see cref="Timeout.InfiniteTimeSpan"/>: tick once.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Whether ticks run between the turns of other calls. Default: no, a tick waits for its turn like a call.</summary>
    public bool Interleave { get; init; }

    /// <summary>Whether a tick counts as use and keeps the activation from being collected. Default: no.</summary>
    public bool KeepAlive { get; init; }
}
