namespace Chat4All.Silo.Workers;

/// <summary>
/// How far a partition is done: the last offset up to which nothing is in flight. Records finish in any order, but only a gapless run of finished ones from the oldest on may be
/// committed. Not for concurrent use.
/// </summary>
internal sealed class PartitionProgress
{
    private readonly Queue<Entry> _taken = new();
    private long _lastTaken = long.MinValue;
    private int _assignment;

    /// <summary>Takes note of a record that was read, in the order of reading.</summary>
    public Entry Take(long offset, int assignment)
    {
        if (offset <= _lastTaken || assignment != _assignment)
        {
            // The partition was given away and came back. What is in flight from before no longer counts.
            _taken.Clear();
        }

        (_lastTaken, _assignment) = (offset, assignment);
        var entry = new Entry(offset);
        _taken.Enqueue(entry);
        return entry;
    }

    /// <summary>The offset to commit after <paramref name="finished"/>, or null when that is the same as before.</summary>
    public long? Finish(Entry finished)
    {
        finished.IsDone = true;
        long? reached = null;
        while (_taken.TryPeek(out var oldest) && oldest.IsDone)
        {
            reached = _taken.Dequeue().Offset;
        }

        return reached;
    }

    /// <summary>A record in flight.</summary>
    public sealed class Entry(long offset)
    {
        public long Offset => offset;

        public bool IsDone { get; set; }
    }
}
