using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;

namespace Chat4All.Grains.Outbox;

/// <summary>
/// Publishes one conversation's outbox rows in seq order with one batch in flight. Lives in the conversation's grain and runs in its turns, so it needs no lock.
/// First it publishes what the store still holds unpublished, then what the grain hands over after each commit.
/// </summary>
internal sealed partial class OutboxPublisher(
    string conversationId, IOutboxStore store, IEventLog eventLog, OutboxMarker marker, OutboxOptions options, TimeProvider time, ILogger log)
{
    private readonly Queue<OutboxEvent> _fresh = new();
    private bool _storeHasMore = true;
    private long _publishedSeq;
    private int _failures;
    private Task _running = Task.CompletedTask;

    /// <summary>True when nothing waits to be published.</summary>
    public bool IsIdle => !_storeHasMore && _fresh.Count == 0;

    /// <summary>When the log refused: how long to wait before <see cref="Run"/> is called again; zero otherwise.</summary>
    public TimeSpan RetryDelay => _failures == 0
        ? TimeSpan.Zero
        : TimeSpan.FromTicks(Math.Min(options.MaxBackoff.Ticks, options.Backoff.Ticks << Math.Min(_failures - 1, 10))) * (1 + (Random.Shared.NextDouble() / 4));

    /// <summary>Takes a committed row, in seq order.</summary>
    public void Enqueue(OutboxEvent committed)
    {
        if (_fresh.Count < options.MemoryLimit)
        {
            _fresh.Enqueue(committed);
        }
        else
        {
            _storeHasMore = true;
        }
    }

    /// <summary>Says that the store may hold unpublished rows that nobody handed over.</summary>
    public void LookInStore() => _storeHasMore = true;

    /// <summary>Publishes until nothing waits or the log refuses. While one run is under way, its task is answered.</summary>
    public Task Run() => _running.IsCompleted ? _running = RunAsync() : _running;

    private async Task RunAsync()
    {
        try
        {
            while (!IsIdle)
            {
                var batch = _storeHasMore ? await LoadAsync() : TakeFresh();
                if (batch.Count > 0)
                {
                    await PublishAsync(batch);
                }
            }

            _failures = 0;
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            _failures++;
            _storeHasMore = true;
            Telemetry.OutboxPublishFailures.Add(1);
            LogRefused(log, _failures, cause);
        }
    }

    /// <summary>The next page from the store. A short page means that the store has no more: rows committed later come through <see cref="Enqueue"/>.</summary>
    private async Task<IReadOnlyList<OutboxEvent>> LoadAsync()
    {
        _storeHasMore = false;
        IReadOnlyList<OutboxEvent> page;
        try
        {
            page = await store.LoadUnpublishedAsync(conversationId, _publishedSeq, options.PublishBatch, CancellationToken.None);
        }
        catch
        {
            _storeHasMore = true;
            throw;
        }

        _storeHasMore |= page.Count == options.PublishBatch;
        return page;
    }

    /// <summary>Rows handed over, without those that a page from the store already brought.</summary>
    private List<OutboxEvent> TakeFresh()
    {
        var batch = new List<OutboxEvent>(Math.Min(_fresh.Count, options.PublishBatch));
        while (batch.Count < options.PublishBatch && _fresh.TryDequeue(out var fresh))
        {
            if (fresh.Seq > _publishedSeq)
            {
                batch.Add(fresh);
            }
        }

        return batch;
    }

    private async Task PublishAsync(IReadOnlyList<OutboxEvent> batch)
    {
        try
        {
            await eventLog.AppendAsync(Topics.MessageProcessing, [.. batch.Select(static e => e.ToLogEvent())], CancellationToken.None);
        }
        catch (Exception cause)
        {
            await store.RecordFailureAsync(batch, cause.Message, CancellationToken.None);
            throw;
        }

        var now = time.GetUtcNow();
        foreach (var published in batch)
        {
            marker.Mark(published);
            Telemetry.OutboxPublishDelay.Record((now - published.CreatedAt).TotalSeconds);
        }

        _publishedSeq = batch[^1].Seq;
    }

    [LoggerMessage(112, LogLevel.Warning, "The event log refused (attempt {Attempt} in a row); the conversation tries again later")]
    private static partial void LogRefused(ILogger log, int attempt, Exception cause);
}
