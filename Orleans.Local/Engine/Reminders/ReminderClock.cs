using Orleans.Runtime;

namespace Orleans.Local.Reminders;

/// <summary>
/// Ticks the reminders. All are in memory, with one timer for the earliest. Ticks of a reminder never overlap; those that were due while
/// the process was down or the grain busy are skipped.
/// </summary>
internal sealed class ReminderClock : IDisposable
{
    /// <summary>Timers take no longer; the clock looks again by then.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly LocalEngine _engine;
    private readonly Lock _gate = new();
    private readonly Dictionary<(GrainId, string), ReminderEntry> _reminders = [];

    /// <summary>By due time; entries that are no longer in <see cref="_reminders"/> are passed over.</summary>
    private readonly PriorityQueue<ReminderEntry, DateTime> _due = new();
    private readonly ITimer _timer;
    private bool _stopped;

    public ReminderClock(LocalEngine engine)
    {
        _engine = engine;
        _timer = engine.Time.CreateTimer(
            static state => ((ReminderClock)state!).TickDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private DateTime Now => _engine.Time.GetUtcNow().UtcDateTime;

    public void Set(ReminderEntry entry)
    {
        lock (_gate)
        {
            _reminders[(entry.GrainId, entry.ReminderName)] = entry;

            // Due right now is not missed yet.
            Schedule(entry, Now - TimeSpan.FromTicks(1));
        }
    }

    public void Remove(GrainId grain, string name)
    {
        lock (_gate)
        {
            _reminders.Remove((grain, name));
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
        }
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>The next tick is the first one later than <paramref name="after"/>.</summary>
    private void Schedule(ReminderEntry entry, DateTime after)
    {
        var passed = after < entry.StartAt ? 0 : (after - entry.StartAt).Ticks / entry.Period.Ticks + 1;
        _due.Enqueue(entry, entry.StartAt + passed * entry.Period);
        SetTimer(Now);
    }

    private void SetTimer(DateTime now)
    {
        if (!_stopped && _due.TryPeek(out _, out var next))
        {
            var wait = next - now;
            _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void TickDue()
    {
        lock (_gate)
        {
            var now = Now;
            while (!_stopped && _due.TryPeek(out var entry, out var due) && due <= now)
            {
                _due.Dequeue();
                if (IsCurrent(entry))
                {
                    _ = TickAsync(entry, now);
                }
            }

            SetTimer(now);
        }
    }

    private bool IsCurrent(ReminderEntry entry)
        => _reminders.TryGetValue((entry.GrainId, entry.ReminderName), out var current) && ReferenceEquals(current, entry);

    private async Task TickAsync(ReminderEntry entry, DateTime now)
    {
        // Leaves the lock before any grain code can run.
        await Task.Yield();
        try
        {
            await _engine.GetGrain<IRemindable>(entry.GrainId).ReceiveReminder(
                entry.ReminderName, new TickStatus(entry.StartAt, entry.Period, now));
        }
        catch (Exception failure)
        {
            EngineLog.ReminderFailed(_engine.Logger, failure, entry.ReminderName, entry.GrainId);
        }

        lock (_gate)
        {
            if (IsCurrent(entry))
            {
                Schedule(entry, Now);
            }
        }
    }
}
