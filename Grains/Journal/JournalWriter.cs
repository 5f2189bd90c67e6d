using System.Threading.Channels;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Journal;

/// <summary>Gathers appends into batches and has them committed one batch at a time.</summary>
internal sealed class JournalWriter(BatchCommitter committer, JournalOptions options)
{
    private readonly Channel<PendingAppend> _queue = Channel.CreateUnbounded<PendingAppend>(new UnboundedChannelOptions { SingleReader = true });
    private int _waiting;

    /// <summary>False when the queue is full or the journal is stopping.</summary>
    public bool TryEnqueue(PendingAppend append)
    {
        if (Interlocked.Add(ref _waiting, append.Drafts.Length) <= options.QueueLimit && _queue.Writer.TryWrite(append))
        {
            return true;
        }

        Interlocked.Add(ref _waiting, -append.Drafts.Length);
        return false;
    }

    public void Complete() => _queue.Writer.TryComplete();

    public async Task RunAsync()
    {
        var batch = new List<PendingAppend>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            Gather(batch, options.MaxBatch);
            if (!await committer.CommitAsync(batch))
            {
                // The store is away: what queued up meanwhile has waited as long and gets its answer now, not one connection timeout after another.
                Gather(batch, int.MaxValue);
                BatchCommitter.Refuse(batch, new StoreUnavailableException("The store is not available."));
            }
        }
    }

    private void Gather(List<PendingAppend> batch, int maxMessages)
    {
        batch.Clear();
        var messages = 0;
        while (messages < maxMessages && _queue.Reader.TryRead(out var append))
        {
            batch.Add(append);
            messages += append.Drafts.Length;
        }

        Interlocked.Add(ref _waiting, -messages);
    }
}
