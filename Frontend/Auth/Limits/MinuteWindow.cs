namespace Chat4All.Frontend.Auth.Limits;

/// <summary>
/// Counts units over a sliding minute in slots of five seconds. A unit counts for 60 to 65 seconds, so that no minute ever holds more than the limit, and a burst
/// from rest gets exactly the limit.
/// </summary>
internal sealed class MinuteWindow
{
    /// <summary>A slot's length in milliseconds.</summary>
    private const long SlotLength = 5_000;

    /// <summary>The minute's twelve, and the one that is being filled.</summary>
    private const int Slots = 13;

    private readonly Lock _lock = new();
    private readonly int[] _counts = new int[Slots];
    private long _slot;
    private int _used;

    /// <summary>Takes <paramref name="count"/> units at <paramref name="now"/> (monotonic milliseconds), or none.</summary>
    public RateDecision TryTake(long now, int count, int limit)
    {
        lock (_lock)
        {
            Turn(now);
            if (_used > limit - count)
            {
                var reset = Seconds(WaitFor(now, 1));
                var retry = count > limit ? reset : Seconds(WaitFor(now, _used + count - limit));
                return new RateDecision(false, limit, Math.Max(0, limit - _used), reset, retry);
            }

            _used += count;
            _counts[_slot % Slots] += count;
            return new RateDecision(true, limit, limit - _used, Seconds(WaitFor(now, 1)), 0);
        }
    }

    /// <summary>Gives units back that turned out not to count.</summary>
    public void Return(long now, int count)
    {
        lock (_lock)
        {
            Turn(now);
            for (var slot = _slot; slot > _slot - Slots && count > 0; slot--)
            {
                ref var taken = ref _counts[Index(slot)];
                var back = Math.Min(taken, count);
                taken -= back;
                _used -= back;
                count -= back;
            }
        }
    }

    /// <summary>Whether nothing taken before matters any more.</summary>
    public bool IsIdle(long now)
    {
        lock (_lock)
        {
            Turn(now);
            return _used == 0;
        }
    }

    private static int Seconds(long milliseconds) => (int)Math.Max(1, (milliseconds + 999) / 1000);

    private static int Index(long slot) => (int)(((slot % Slots) + Slots) % Slots);

    private void Turn(long now)
    {
        var slot = now / SlotLength;
        for (var passed = Math.Max(_slot + 1, slot - Slots + 1); passed <= slot; passed++)
        {
            _used -= _counts[passed % Slots];
            _counts[passed % Slots] = 0;
        }

        _slot = Math.Max(_slot, slot);
    }

    /// <summary>Milliseconds until <paramref name="units"/> of what was taken no longer count; 0 when there are none.</summary>
    private long WaitFor(long now, int units)
    {
        for (var slot = _slot - Slots + 1; slot <= _slot; slot++)
        {
            units -= _counts[Index(slot)];
            if (units <= 0)
            {
                return ((slot + Slots) * SlotLength) - now;
            }
        }

        return 0;
    }
}
