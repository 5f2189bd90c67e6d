using System.Diagnostics.CodeAnalysis;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>
/// A bounded queue into a thread of its own. The thread sleeps at once when there is nothing to do: the queues of the class library spin first, which at a few thousand small commits a
/// second costs more processor time than the commits.
/// </summary>
/// <param name="limit">Items that may wait.</param>
internal sealed class ThreadQueue<T>(int limit)
{
    private readonly Queue<T> _items = new();
    private readonly object _gate = new();
    private bool _completed;

    /// <summary>False when the queue is full or completed.</summary>
    public bool TryAdd(T item)
    {
        lock (_gate)
        {
            if (_completed || _items.Count >= limit)
            {
                return false;
            }

            _items.Enqueue(item);
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>The next item, waited for; false when there will be none.</summary>
    public bool Take([MaybeNullWhen(false)] out T item)
    {
        lock (_gate)
        {
            while (_items.Count == 0 && !_completed)
            {
                Monitor.Wait(_gate);
            }

            return _items.TryDequeue(out item);
        }
    }

    /// <summary>The next item, if there is one.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        lock (_gate)
        {
            return _items.TryDequeue(out item);
        }
    }

    /// <summary>Nothing more comes; what waits is still taken.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            Monitor.Pulse(_gate);
        }
    }
}
