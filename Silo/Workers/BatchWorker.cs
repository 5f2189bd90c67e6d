using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;

namespace Chat4All.Silo.Workers;

/// <summary>Runs a <see cref="IBatchHandler"/>: one batch in flight, committed when it is done.</summary>
internal sealed partial class BatchWorker(IBatchHandler handler, IEventLog eventLog, TimeProvider time, ILogger<BatchWorker> log)
    : Worker(eventLog, handler.Topic, handler.Group, time, log)
{
    protected override async Task RunAsync(ILogConsumer consumer)
    {
        var done = new Dictionary<int, long>();
        while (!Stopping.IsCancellationRequested)
        {
            var batch = await ReadAsync(consumer, handler.MaxBatch);
            if (batch.Count == 0 || !await HandleAsync(batch))
            {
                continue;
            }

            done.Clear();
            foreach (var record in batch)
            {
                done[record.Partition] = record.Offset;
            }

            await CommitAsync(consumer, [.. done.Select(static place => new LogPosition(place.Key, place.Value))]);
            if (handler.Gathering > TimeSpan.Zero && batch.Count < handler.MaxBatch)
            {
                await DelayAsync(handler.Gathering);
            }
        }
    }

    /// <summary>Tries until the batch is done; false when the worker stops before.</summary>
    private async Task<bool> HandleAsync(IReadOnlyList<LogRecord> batch)
    {
        for (var failures = 1; ; failures++)
        {
            if (await TryAsync(batch))
            {
                return true;
            }

            WorkerMetrics.Retries.Add(1, new("topic", handler.Topic), new("group", handler.Group));
            if (!await DelayAsync(RetrySchedule.After(failures)))
            {
                return false;
            }
        }
    }

    private async Task<bool> TryAsync(IReadOnlyList<LogRecord> batch)
    {
        var spans = Spans.Start(batch);
        try
        {
            await handler.HandleAsync(batch, CutOff);
            WorkerSpans.End(spans);
            return true;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            WorkerSpans.End(spans, failure);
            LogFailed(Log, handler.Group, batch.Count, handler.Topic, failure);
            return false;
        }
    }

    [LoggerMessage(311, LogLevel.Warning, "{Group} could not handle {Records} records of {Topic}; it tries again")]
    private static partial void LogFailed(ILogger log, string group, int records, string topic, Exception failure);
}
