namespace Chat4All.Infrastructure.Stores;

/// <summary>Wakes whoever waits for new records of a topic. Raising it costs next to nothing while nobody waits.</summary>
internal sealed class TopicSignal
{
    private TaskCompletionSource? _waiting;
    private long _version;
    private long _head;

    /// <summary>To be taken before looking for records, so that none can come unnoticed in between.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Up to here every record is committed, as far as is known from outside; 0 where nobody looks.</summary>
    public long Head => Interlocked.Read(ref _head);

    /// <summary>Notes how far a topic's records are committed, whoever wrote them.</summary>
    public void Reach(long head) => Interlocked.Exchange(ref _head, head);

    public void Raise()
    {
        Interlocked.Increment(ref _version);
        if (Volatile.Read(ref _waiting) is not null)
        {
            Interlocked.Exchange(ref _waiting, null)?.TrySetResult();
        }
    }

    /// <summary>Completes once it was raised after <paramref name="version"/> was taken.</summary>
    public async Task WaitAsync(long version, CancellationToken cancellationToken)
    {
        while (Version == version)
        {
            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var waiting = Interlocked.CompareExchange(ref _waiting, fresh, null) ?? fresh;
            if (Version != version)
            {
                return;
            }

            await waiting.Task.WaitAsync(cancellationToken);
        }
    }
}
