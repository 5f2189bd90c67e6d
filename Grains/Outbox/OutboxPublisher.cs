using System.Diagnostics;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;

namespace Chat4All.Grains.Outbox;

/// <summary>
/// Publishes one conversation's outbox rows with one batch in flight: first what the store still holds unpublished, by seq, then what the grain hands over after each commit.
/// Lives in the conversation's grain and runs in its turns, so it needs no lock.
/// </summary>
internal sealed partial class OutboxPublisher(
    string conversationId,
    IOutboxStore store,
    IEventLog eventLog,
    OutboxMarker marker,
    OutboxBacklog backlog,
    OutboxOptions options,
    TimeProvider time,
    ILogger log)
{
    private readonly Queue<OutboxEvent> _fresh = new();
    private HashSet<Guid> _loaded = [];
    private bool _storeHasMore = true;
    private bool _isLoading;
    private bool _hasMarked;
    private int _failures;
    private long _failedAt;
    private Task _running = Task.CompletedTask;

    /// <summary>True when nothing waits to be published.</summary>
    public bool IsIdle => !_storeHasMore && _fresh.Count == 0;

    /// <summary>When the log refused: how long to wait before <see cref="Run"/> is called again; zero otherwise.</summary>
    public TimeSpan RetryDelay => _failures == 0
        ? TimeSpan.Zero
        : TimeSpan.FromTicks(Math.Min(options.MaxBackoff.Ticks, options.Backoff.Ticks << Math.Min(_failures - 1, 10))) * (1 + (Random.Shared.NextDouble() / 4));

    /// <summary>After the log refused: whether it has taken something of another conversation since, so that waiting makes no sense any more.</summary>
    public bool LogIsBack => backlog.LogTookSince(_failedAt);

    /// <summary>Takes a committed row, in the order of commits.</summary>
    public void Enqueue(OutboxEvent committed)
    {
        backlog.Committed();
        if (_storeHasMore && !_isLoading)
        {
            // The store is read anyway, and has it.
            return;
        }

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

                _failures = 0;
            }
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            _failures++;
            _failedAt = time.GetTimestamp();
            _storeHasMore = true;
            _fresh.Clear();
            Telemetry.OutboxPublishFailures.Add(1);
            LogRefused(log, _failures, cause);
        }
    }

    /// <summary>
    /// The next page from the store, which has every row that was handed over until now; what comes while it is read may be in the page or not. Marks go first, so that what was
    /// published is not read again.
    /// </summary>
    private async Task<IReadOnlyList<OutboxEvent>> LoadAsync()
    {
        if (_hasMarked)
        {
            await marker.FlushAsync(CancellationToken.None);
            _hasMarked = false;
        }

        _fresh.Clear();
        _storeHasMore = false;
        _isLoading = true;
        try
        {
            var page = await store.LoadUnpublishedAsync(conversationId, options.PublishBatch, CancellationToken.None);
            _storeHasMore |= page.Count == options.PublishBatch;
            _loaded = [.. page.Select(static row => row.Id)];
            return page;
        }
        finally
        {
            _isLoading = false;
        }
    }

    /// <summary>Rows handed over, without those that the last page from the store brought too.</summary>
    private List<OutboxEvent> TakeFresh()
    {
        var batch = new List<OutboxEvent>(Math.Min(_fresh.Count, options.PublishBatch));
        while (batch.Count < options.PublishBatch && _fresh.TryDequeue(out var fresh))
        {
            if (!_loaded.Contains(fresh.Id))
            {
                batch.Add(fresh);
            }
        }

        return batch;
    }

    private async Task PublishAsync(IReadOnlyList<OutboxEvent> batch)
    {
        var spans = SpansOfCauses.Start($"publish {Topics.MessageProcessing}", ActivityKind.Producer, batch.Select(static e => e.TraceParent));
        try
        {
            await eventLog.AppendAsync(Topics.MessageProcessing, [.. batch.Select(static e => e.ToLogEvent())], CancellationToken.None);
            SpansOfCauses.End(spans);
        }
        catch (Exception cause)
        {
            SpansOfCauses.End(spans, cause);
            await store.RecordFailureAsync(batch, cause.Message, CancellationToken.None);
            throw;
        }

        backlog.LogTook();
        var now = time.GetUtcNow();
        foreach (var published in batch)
        {
            marker.Mark(published);
            Telemetry.OutboxPublishDelay.Record((now - published.CreatedAt).TotalSeconds);
        }

        _hasMarked = true;
    }

    [LoggerMessage(112, LogLevel.Warning, "The event log refused (attempt {Attempt} in a row); the conversation tries again later")]
    private static partial void LogRefused(ILogger log, int attempt, Exception cause);
}
