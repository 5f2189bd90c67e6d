namespace Chat4All.Infrastructure.EmbeddedLog;

/// <summary>A partition that a consumer reads: what it handed out, and what of that is done.</summary>
internal sealed class OwnedPartition(short number, long committed, int assignment)
{
    private readonly Queue<long> _outstanding = new();

    public short Number => number;

    /// <summary>How often the partition had gone and come back.</summary>
    public int Assignment => assignment;

    /// <summary>The last offset handed out, or behind which handing out begins.</summary>
    public long Delivered { get; private set; } = committed;

    /// <summary>Up to here everything is done.</summary>
    public long Committed { get; private set; } = committed;

    /// <summary>What the table says of <see cref="Committed"/>.</summary>
    public long Stored { get; set; } = committed;

    /// <summary>Nothing new is handed out, because another member is to have it.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Records handed out that are not done.</summary>
    public int Outstanding => _outstanding.Count;

    public void Deliver(long offset)
    {
        Delivered = offset;
        _outstanding.Enqueue(offset);
    }

    public void Commit(long offset)
    {
        while (_outstanding.TryPeek(out var oldest) && oldest <= offset)
        {
            Committed = _outstanding.Dequeue();
        }
    }

    /// <summary>Where nothing is outstanding, everything is done up to what was read of the whole topic.</summary>
    public void CatchUp(long read)
    {
        if (Outstanding == 0 && read > Committed)
        {
            Committed = Delivered = read;
        }
    }
}
