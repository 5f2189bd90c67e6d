namespace Chat4All.Infrastructure.Connectors.Http;

/// <summary>A pace that a message has to keep.</summary>
/// <param name="Key">Whose: the sender's, or one recipient's.</param>
/// <param name="Interval">Between two messages in the long run; zero for no limit.</param>
/// <param name="Burst">Messages that may come at once after a rest; at least 1.</param>
internal readonly record struct PaceLimit(string Key, TimeSpan Interval, int Burst);

/// <summary>
/// Holds messages to a platform's limits and to what it asks for, with one time remembered for each sender and recipient that is not at rest (the generic cell rate
/// algorithm, ITU-T I.371). Bounded: whoever is at rest is forgotten.
/// </summary>
internal sealed class Pacer(TimeProvider time, int maxKeys = 100_000)
{
    private const int FirstPrune = 1024;

    private static readonly TimeSpan WhenFull = TimeSpan.FromSeconds(1);

    private readonly Lock _changing = new();
    private readonly long _start = time.GetTimestamp();
    private readonly Dictionary<string, Pace> _paces = new(StringComparer.Ordinal);
    private int _pruneAt = Math.Min(FirstPrune, maxKeys);

    /// <summary>Senders and recipients that are remembered.</summary>
    public int Keys
    {
        get
        {
            lock (_changing)
            {
                return _paces.Count;
            }
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>
    /// Takes the next place under a limit and says how long it is until then; takes none and answers false when that is later than <paramref name="longest"/>. Those who are refused are told
    /// to come back one interval after the other, so that they don't all come at once for the few places that are free by then.
    /// </summary>
    public bool TryReserve(PaceLimit limit, TimeSpan longest, out TimeSpan wait)
    {
        lock (_changing)
        {
            var now = Now;
            _paces.TryGetValue(limit.Key, out var pace);
            wait = Max(Max(pace.Next - (limit.Interval * (limit.Burst - 1)), pace.PausedUntil) - now, TimeSpan.Zero);
            if (wait > longest)
            {
                var back = Max(now + wait, pace.NextBack);
                wait = back - now;
                _paces[limit.Key] = pace with { NextBack = back + limit.Interval };
                return false;
            }

            if (!MakeRoom(now))
            {
                wait = WhenFull;
                return false;
            }

            _paces[limit.Key] = pace with { Next = Max(pace.Next, now + wait) + limit.Interval };
            return true;
        }
    }

    /// <summary>Gives places back that were taken and will not be used.</summary>
    public void GiveBack(ReadOnlySpan<PaceLimit> limits)
    {
        lock (_changing)
        {
            foreach (var limit in limits)
            {
                if (_paces.TryGetValue(limit.Key, out var pace))
                {
                    _paces[limit.Key] = pace with { Next = pace.Next - limit.Interval };
                }
            }
        }
    }

    /// <summary>Lets nothing of this key through for a while, as the platform asked.</summary>
    public void Pause(string key, TimeSpan duration)
    {
        lock (_changing)
        {
            var now = Now;
            if (MakeRoom(now))
            {
                _paces.TryGetValue(key, out var pace);
                _paces[key] = pace with { PausedUntil = Max(pace.PausedUntil, now + duration) };
            }
        }
    }

    /// <summary>How long the longest pause among these goes on.</summary>
    public TimeSpan PausedFor(ReadOnlySpan<PaceLimit> limits)
    {
        lock (_changing)
        {
            var pause = TimeSpan.Zero;
            foreach (var limit in limits)
            {
                if (_paces.TryGetValue(limit.Key, out var pace))
                {
                    pause = Max(pause, pace.PausedUntil - Now);
                }
            }

            return pause;
        }
    }

    /// <summary>Forgets those at rest, at ever larger numbers, so that each message pays for a constant share of it.</summary>
    private bool MakeRoom(TimeSpan now)
    {
        if (_paces.Count >= _pruneAt)
        {
            foreach (var (key, pace) in _paces)
            {
                if (pace.Next <= now && pace.PausedUntil <= now && pace.NextBack <= now)
                {
                    _paces.Remove(key);
                }
            }

            _pruneAt = Math.Min(Math.Max(_paces.Count * 2, FirstPrune), maxKeys);
        }

        return _paces.Count < maxKeys;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <param name="Next">When the next message would come if all came in their interval: the theoretical arrival time.</param>
    /// <param name="NextBack">When the next one who is refused may come back.</param>
    private readonly record struct Pace(TimeSpan Next, TimeSpan PausedUntil, TimeSpan NextBack);
}
