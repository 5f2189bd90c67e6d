namespace Chat4All.Silo.Workers;

/// <summary>Bounds what is read but not finished, in records or bytes. A full one opens again only when a quarter is free, so that reading goes in pages and not record by record.</summary>
internal sealed class InFlight(long limit)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiting;
    private long _count;

    private long Room => limit - _count;

    private bool IsOpen => Room >= Math.Max(1, limit / 4);

    /// <summary>Waits for room and answers how much there is. One caller at a time.</summary>
    public async Task<long> WaitForRoomAsync(CancellationToken cancellationToken)
    {
        Task opened;
        lock (_lock)
        {
            if (IsOpen)
            {
                return Room;
            }

            _waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            opened = _waiting.Task;
        }

        await opened.WaitAsync(cancellationToken);
        lock (_lock)
        {
            return Room;
        }
    }

    /// <summary>Takes note of what was read, or with a negative number of what is finished.</summary>
    public void Add(long amount)
    {
        lock (_lock)
        {
            _count += amount;
            if (IsOpen)
            {
                _waiting?.TrySetResult();
            }
        }
    }
}
