namespace Chat4All.Silo.Workers;

/// <summary>Bounds what is read but not finished. A full one opens again only when a quarter is free, so that reading goes in pages and not record by record.</summary>
internal sealed class InFlight(int limit)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiting;
    private int _count;

    private int Room => limit - _count;

    private bool IsOpen => Room >= Math.Max(1, limit / 4);

    /// <summary>Waits for room and answers how much there is. One caller at a time.</summary>
    public async Task<int> WaitForRoomAsync(CancellationToken cancellationToken)
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

    /// <summary>Takes note of records that were read, or with a negative number of those that are finished.</summary>
    public void Add(int records)
    {
        lock (_lock)
        {
            _count += records;
            if (IsOpen)
            {
                _waiting?.TrySetResult();
            }
        }
    }
}
