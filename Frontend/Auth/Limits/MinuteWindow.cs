namespace Chat4All.Frontend.Auth.Limits;

/// <summary>
/// Counts units over a sliding minute: this minute's, and what the last one leaves in proportion to its overlap. The first minute starts with the
/// first unit, so a burst from rest gets exactly the limit.
/// </summary>
internal sealed class MinuteWindow
{
    /// <summary>The window's length in milliseconds.</summary>
    public const long Length = 60_000;

    private readonly Lock _lock = new();
    private long _start;
    private int _current;
    private int _previous;

    /// <summary>Takes <paramref name="count"/> units at <paramref name="now"/> (monotonic milliseconds), or none.</summary>
    public RateDecision TryTake(long now, int count, int limit)
    {
        lock (_lock)
        {
            Turn(now);
            var elapsed = now - _start;
            var used = _current + (_previous * (Length - elapsed) / (double)Length);
            var reset = Seconds(Length - elapsed);
            if (used + count > limit)
            {
                return new RateDecision(false, limit, Math.Max(0, (int)(limit - used)), reset, Seconds(WaitFor(elapsed, count, limit)));
            }

            _current += count;
            return new RateDecision(true, limit, (int)(limit - used) - count, reset, 0);
        }
    }

    /// <summary>Gives units back that turned out not to count.</summary>
    public void Return(long now, int count)
    {
        lock (_lock)
        {
            Turn(now);
            _current = Math.Max(0, _current - count);
        }
    }

    /// <summary>Whether nothing taken before matters any more.</summary>
    public bool IsIdle(long now)
    {
        lock (_lock)
        {
            return now - _start >= 2 * Length;
        }
    }

    private static int Seconds(double milliseconds) => Math.Max(1, (int)Math.Ceiling(milliseconds / 1000));

    private void Turn(long now)
    {
        var elapsed = now - _start;
        if (elapsed >= 2 * Length || (_current == 0 && _previous == 0))
        {
            (_start, _previous, _current) = (now, 0, 0);
        }
        else if (elapsed >= Length)
        {
            (_start, _previous, _current) = (_start + Length, _current, 0);
        }
    }

    /// <summary>Milliseconds until <paramref name="count"/> would fit, if nothing else is taken meanwhile.</summary>
    private double WaitFor(long elapsed, int count, int limit)
    {
        if (count > limit)
        {
            return Length;
        }

        return _current + count <= limit
            ? (Length * (1 - ((limit - _current - count) / (double)_previous))) - elapsed
            : Length - elapsed + (Length * (1 - ((limit - count) / (double)_current)));
    }
}
