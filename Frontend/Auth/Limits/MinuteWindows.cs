using System.Collections.Concurrent;

namespace Chat4All.Frontend.Auth.Limits;

/// <summary>One <see cref="MinuteWindow"/> a key, idle ones forgotten, bounded.</summary>
internal sealed class MinuteWindows(TimeProvider time)
{
    /// <summary>Keys held at most, about 200 bytes each.</summary>
    public const int Capacity = 100_000;

    private readonly ConcurrentDictionary<string, MinuteWindow> _windows = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Takes units of a key's minute.</summary>
    public RateDecision TryTake(string key, int count, int limit)
    {
        var now = Now();
        if (!_windows.TryGetValue(key, out var window))
        {
            window = Add(key, now);
        }

        return window.TryTake(now, count, limit);
    }

    /// <summary>Gives units back.</summary>
    public void Return(string key, int count)
    {
        if (_windows.TryGetValue(key, out var window))
        {
            window.Return(Now(), count);
        }
    }

    private long Now() => (long)time.GetElapsedTime(0).TotalMilliseconds;

    private MinuteWindow Add(string key, long now)
    {
        if (Interlocked.Increment(ref _count) > Capacity)
        {
            Shrink(now);
        }

        return _windows.GetOrAdd(key, static _ => new MinuteWindow());
    }

    private void Shrink(long now)
    {
        foreach (var (key, window) in _windows)
        {
            if (window.IsIdle(now))
            {
                _windows.TryRemove(key, out _);
            }
        }

        // Only an attack from many addresses fills it with keys in use; forgetting some is better than refusing everybody.
        foreach (var (key, _) in _windows.Take(Math.Max(0, _windows.Count - (Capacity / 2))))
        {
            _windows.TryRemove(key, out _);
        }

        Volatile.Write(ref _count, _windows.Count);
    }
}
