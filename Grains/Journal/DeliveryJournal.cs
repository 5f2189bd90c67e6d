using System.Threading.Channels;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Chat4All.Grains.Journal;

/// <summary>
/// Group commit for what becomes of deliveries, beside the journal's writers: takes everything that waits, of all conversations, writes it in one transaction, and lets the next batch gather
/// while that syncs. A delivery stands once in a batch, so that no step of it is skipped. An update may be made again, so that an unknown outcome needs no looking.
/// </summary>
internal sealed partial class DeliveryJournal(
    IDeliveryStore store, IOptions<JournalOptions> options, TimeProvider time, ILogger<DeliveryJournal> log) : IHostedService
{
    private readonly Channel<PendingDeliveries> _queue = Channel.CreateUnbounded<PendingDeliveries>(new UnboundedChannelOptions { SingleReader = true });
    private Task _running = Task.CompletedTask;
    private int _waiting;

    /// <summary>
    /// Queues updates, each delivery at most once, and answers what they changed once it is durable. Throws <c>overloaded</c>, <c>store_unavailable</c> or <c>outcome_unknown</c>.
    /// </summary>
    public Task<DeliveryChanges> RecordAsync(DeliveryUpdate[] updates)
    {
        var pending = new PendingDeliveries(updates);
        if (Interlocked.Add(ref _waiting, updates.Length) <= options.Value.QueueLimit && _queue.Writer.TryWrite(pending))
        {
            return pending.Task;
        }

        Interlocked.Add(ref _waiting, -updates.Length);
        throw ChatException.Unavailable(ErrorCodes.Overloaded, "Too many delivery updates are waiting to be written.");
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        return _running.WaitAsync(cancellationToken);
    }

    private async Task RunAsync()
    {
        var batch = new List<PendingDeliveries>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            Gather(batch, options.Value.MaxBatch);
            if (!await CommitAsync(batch))
            {
                // The store is away: what queued up meanwhile has waited as long and gets its answer now.
                while (Gather(batch, int.MaxValue) > 0)
                {
                    Refuse(batch, new StoreUnavailableException("The store is not available."));
                }
            }
        }
    }

    /// <summary>Takes what waits, up to a delivery's second update.</summary>
    private int Gather(List<PendingDeliveries> batch, int maxUpdates)
    {
        batch.Clear();
        var taken = 0;
        var deliveries = new HashSet<(string, string, string)>();
        while (taken < maxUpdates && _queue.Reader.TryPeek(out var next) && !next.Updates.Any(update => deliveries.Contains(DeliveryRounds.Key(update))))
        {
            _queue.Reader.TryRead(out _);
            deliveries.UnionWith(next.Updates.Select(DeliveryRounds.Key));
            batch.Add(next);
            taken += next.Updates.Length;
        }

        Interlocked.Add(ref _waiting, -taken);
        return taken;
    }

    /// <summary>Settles a batch. False when the store is not available.</summary>
    private async Task<bool> CommitAsync(List<PendingDeliveries> batch)
    {
        try
        {
            Complete(batch, await store.RecordAsync([.. batch.SelectMany(static pending => pending.Updates)], time.GetStoreNow(), CancellationToken.None));
            return true;
        }
        catch (Exception cause) when (cause is StoreUnavailableException or CommitOutcomeUnknownException)
        {
            LogUnavailable(log, batch.Count, cause);
            Refuse(batch, cause);
            return false;
        }
        catch (Exception cause) when (batch.Count > 1)
        {
            // Something in this batch cannot be written. Alone, each answers for itself.
            LogRejected(log, batch.Count, cause);
            foreach (var pending in batch)
            {
                if (!await CommitAsync([pending]))
                {
                    Refuse(batch, new StoreUnavailableException("The store is not available."));
                    return false;
                }
            }

            return true;
        }
        catch (Exception cause)
        {
            LogRejected(log, batch.Count, cause);
            Refuse(batch, cause);
            return true;
        }
    }

    private static void Complete(List<PendingDeliveries> batch, DeliveryChanges changes)
    {
        foreach (var change in changes.Deliveries)
        {
            Telemetry.Deliveries.Add(1, new("channel", change.Channel), new("status", MessageNames.Of(change.To)));
        }

        var toldMessages = new HashSet<string>();
        foreach (var pending in batch)
        {
            pending.Complete(changes, toldMessages);
        }
    }

    private static void Refuse(IEnumerable<PendingDeliveries> batch, Exception cause)
    {
        foreach (var pending in batch)
        {
            pending.TrySetException(cause is StoreUnavailableException or CommitOutcomeUnknownException ? StoreErrors.Refusal(cause) : cause);
        }
    }

    [LoggerMessage(121, LogLevel.Warning, "{Calls} sets of delivery updates were refused: the store is not available")]
    private static partial void LogUnavailable(ILogger log, int calls, Exception cause);

    [LoggerMessage(122, LogLevel.Error, "The store rejected {Calls} sets of delivery updates")]
    private static partial void LogRejected(ILogger log, int calls, Exception cause);
}
