using Orleans.Runtime;

namespace Orleans.Local;

/// <summary>The timers that end with the activation.</summary>
internal sealed partial class Activation
{
    /// <summary>Guarded by itself: a timer may be disposed from any thread.</summary>
    private HashSet<GrainTimer>? _timers;

    internal IGrainTimer StartTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        if (!ReferenceEquals(RuntimeContext.Current, this))
        {
            throw new InvalidOperationException(
                $"A timer of {GrainId} can be registered only inside of the grain, not from another thread such as that of Task.Run.");
        }

        var timer = new GrainTimer(this, callback, options);
        _timers ??= [];
        lock (_timers)
        {
            _timers.Add(timer);
        }

        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    internal void OnDisposed(GrainTimer timer)
    {
        if (_timers is { } timers)
        {
            lock (timers)
            {
                timers.Remove(timer);
            }
        }
    }

    private void DisposeTimers()
    {
        if (_timers is not { } timers)
        {
            return;
        }

        GrainTimer[] all;
        lock (timers)
        {
            all = [.. timers];
        }

        foreach (var timer in all)
        {
            timer.Dispose();
        }
    }
}
