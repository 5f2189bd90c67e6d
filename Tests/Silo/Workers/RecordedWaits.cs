using System.Collections.Concurrent;

namespace Chat4All.Tests.Silo.Workers;

/// <summary>A clock whose waits are over at once, or when the test says so; it remembers how long each would have been.</summary>
internal sealed class RecordedWaits : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();
    private readonly ConcurrentQueue<Action> _held = new();
    private volatile bool _holds;

    public IReadOnlyList<TimeSpan> Waits => [.. _waits];

    /// <summary>From now on waits last until <see cref="Release"/>.</summary>
    public void Hold() => _holds = true;

    public void Release()
    {
        _holds = false;
        while (_held.TryDequeue(out var fire))
        {
            fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _waits.Enqueue(dueTime);
        if (_holds)
        {
            _held.Enqueue(() => callback(state));
        }
        else
        {
            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }

        return new Wait();
    }

    private sealed class Wait : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
