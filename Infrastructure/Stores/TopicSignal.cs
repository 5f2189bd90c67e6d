namespace Chat4All.Infrastructure.Stores;

/// <summary>Wakes whoever waits for new records of a topic. Raising it costs next to nothing while nobody waits.</summary>
internal sealed class TopicSignal
{
    private TaskCompletionSource? _waiting;
    private long _version;

    /// <summary>To be taken before looking for records, so that none can come unnoticed in between.</summary>
    public long Version => Interlocked.Read(ref _version);

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
