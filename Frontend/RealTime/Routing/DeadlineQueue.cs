namespace Chat4All.Frontend.RealTime.Routing;

/// <summary>Things that wait for the same span of time, with one timer for all. Belongs to the loop.</summary>
internal sealed class DeadlineQueue<T> : IDisposable
{
    private readonly Queue<(DateTimeOffset Due, T Item)> _queue = new();
    private readonly EventLoop _loop;
    private readonly TimeProvider _time;
    private readonly TimeSpan _span;
    private readonly Action<T> _onDue;
    private readonly ITimer _timer;

    public DeadlineQueue(EventLoop loop, TimeProvider time, TimeSpan span, Action<T> onDue)
    {
        (_loop, _time, _span, _onDue) = (loop, time, span, onDue);
        _timer = time.CreateTimer(static queue => ((DeadlineQueue<T>)queue!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The callback gets the item after the span.</summary>
    public void Add(T item)
    {
        _queue.Enqueue((_time.GetUtcNow() + _span, item));
        if (_queue.Count == 1)
        {
            _timer.Change(_span, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Fire() => _loop.Post(Expire);

    private void Expire()
    {
        var now = _time.GetUtcNow();
        while (_queue.TryPeek(out var first) && first.Due <= now)
        {
            _queue.Dequeue();
            _onDue(first.Item);
        }

        if (_queue.TryPeek(out var next))
        {
            _timer.Change(next.Due > now ? next.Due - now : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
