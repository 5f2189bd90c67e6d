using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.RealTime.Routing;

/// <summary>
/// Puts one conversation's events into the order of their seqs. Events ahead of a gap are held until the gap is filled; events without a seq keep their place behind what was held when they came.
/// Belongs to the loop.
/// </summary>
internal sealed class ConversationFeed(string conversationId, long next)
{
    /// <summary>Events held at most; what does not fit is read from the store when its turn comes.</summary>
    public const int MaxHeld = 1000;

    private SortedDictionary<long, LiveEvent>? _held;
    private Queue<(long Behind, LiveEvent Event)>? _unnumbered;
    private long _next = next;
    private long _highest;

    public string ConversationId => conversationId;

    /// <summary>Local users that get the conversation's events.</summary>
    public List<UserSession> Followers { get; } = new(2);

    /// <summary>The seq of the last event that went out, or before the first that will; null while neither an event nor the store has told.</summary>
    public long? Delivered { get; private set; } = next > 0 ? next - 1 : null;

    /// <summary>The first seq that is missing while there is a gap.</summary>
    public long Next => _next;

    /// <summary>The highest seq known to exist.</summary>
    public long Highest => Math.Max(_highest, _next - 1);

    /// <summary>Whether something up to <see cref="Highest"/> is missing.</summary>
    public bool HasGap => _next > 0 && _highest >= _next;

    /// <summary>Whether somebody sees to the gap; for the healer.</summary>
    public bool IsHealing { get; set; }

    /// <summary>Takes an event and adds what may go out now to <paramref name="ready"/>. Repeats are dropped.</summary>
    public void Offer(LiveEvent liveEvent, List<LiveEvent> ready)
    {
        if (liveEvent.Seq == 0)
        {
            if (HasGap)
            {
                HoldUnnumbered(liveEvent);
            }
            else
            {
                ready.Add(liveEvent);
            }

            return;
        }

        if (_next == 0)
        {
            StartAt(liveEvent.Seq);
        }

        _highest = Math.Max(_highest, liveEvent.Seq);
        if (liveEvent.Seq == _next)
        {
            ready.Add(liveEvent);
            _next++;
            Drain(ready);
        }
        else if (liveEvent.Seq > _next && (_held ??= []).Count < MaxHeld)
        {
            _held.TryAdd(liveEvent.Seq, liveEvent);
        }
    }

    /// <summary>Takes the head that the store has.</summary>
    public void Learn(long head)
    {
        if (_next == 0)
        {
            StartAt(head + 1);
        }

        _highest = Math.Max(_highest, head);
    }

    /// <summary>Notes that a ready event is going out.</summary>
    public void Deliver(LiveEvent liveEvent)
    {
        if (liveEvent.Seq > 0)
        {
            Delivered = liveEvent.Seq;
        }
    }

    private void StartAt(long seq) => (_next, Delivered) = (seq, seq - 1);

    private void HoldUnnumbered(LiveEvent liveEvent)
    {
        _unnumbered ??= new Queue<(long, LiveEvent)>();
        if (_unnumbered.Count < MaxHeld)
        {
            _unnumbered.Enqueue((_highest, liveEvent));
        }
    }

    private void Drain(List<LiveEvent> ready)
    {
        do
        {
            while (_unnumbered is not null && _unnumbered.TryPeek(out var waiting) && waiting.Behind < _next)
            {
                ready.Add(_unnumbered.Dequeue().Event);
            }
        }
        while (TakeHeld(ready));

        if (_held is { Count: 0 })
        {
            _held = null;
        }

        if (_unnumbered is { Count: 0 })
        {
            _unnumbered = null;
        }
    }

    private bool TakeHeld(List<LiveEvent> ready)
    {
        if (_held is null || !_held.Remove(_next, out var liveEvent))
        {
            return false;
        }

        ready.Add(liveEvent);
        _next++;
        return true;
    }
}
