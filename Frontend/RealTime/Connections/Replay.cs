namespace Chat4All.Frontend.RealTime.Connections;

/// <summary>One conversation's catching up on one connection: what comes live meanwhile is held until the store has given everything before it. Belongs to the loop.</summary>
/// <param name="start">The client has everything up to here.</param>
internal sealed class Replay(long start)
{
    /// <summary>Live events held at most. Older numbered ones make room: the store has them.</summary>
    public const int MaxHeld = 512;

    private readonly LinkedList<(long Seq, OutgoingFrame Frame)> _held = new();

    /// <summary>The client has everything up to here; known later for a user who just joined.</summary>
    public long Start { get; private set; } = start;

    /// <summary>Everything up to here has been sent, or was there before.</summary>
    public long Position { get; private set; } = start;

    /// <summary>The user was removed, so this is the last seq it may get.</summary>
    public long? EndsAt { get; set; }

    /// <summary>The lowest seq that is held; the ones behind it are too. Null when there is none.</summary>
    public long? FirstHeld
    {
        get
        {
            foreach (var (seq, _) in _held)
            {
                if (seq > 0)
                {
                    return seq;
                }
            }

            return null;
        }
    }

    /// <summary>The seq up to which the store must be read; null when what is held continues from <see cref="Position"/>.</summary>
    public long? MissingUpTo(long delivered)
    {
        var end = EndsAt ?? delivered;
        if (Position >= end)
        {
            return null;
        }

        return FirstHeld is not { } first ? end : first <= Position + 1 ? null : first - 1;
    }

    /// <summary>Starts from somewhere else, before anything has been sent.</summary>
    public void StartAt(long start) => Start = Position = start;

    /// <summary>Notes that the store's messages up to a seq have been sent.</summary>
    public void MoveTo(long position) => Position = Math.Max(Position, position);

    /// <summary>Keeps a live event; false when more than can be held must not get lost.</summary>
    public bool Hold(long seq, OutgoingFrame frame)
    {
        _held.AddLast((seq, frame));
        return _held.Count <= MaxHeld || DropOldest();
    }

    /// <summary>What was held and has not been sent from the store.</summary>
    public IEnumerable<OutgoingFrame> Rest()
    {
        foreach (var (seq, frame) in _held)
        {
            if (seq == 0 || seq > Position)
            {
                yield return frame;
            }
        }
    }

    private bool DropOldest()
    {
        for (var node = _held.First; node is not null; node = node.Next)
        {
            if (node.Value.Seq > 0)
            {
                _held.Remove(node);
                return true;
            }
        }

        return false;
    }
}
