using Chat4All.Grains;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;

namespace Chat4All.Silo.Workers;

/// <summary>Runs a <see cref="IBatchHandler"/>: one batch after the other. What is done and settled is committed while the next are handled.</summary>
internal sealed partial class BatchWorker(IBatchHandler handler, IEventLog eventLog, IDeadLetters deadLetters, TimeProvider time, ILogger<BatchWorker> log)
    : Worker(eventLog, handler.Topic, handler.Group, time, log)
{
    /// <summary>Most records that are handled and not settled.</summary>
    private const int MaxUnsettled = 10_000;

    private const string InternalError = "internal_error";

    private readonly InFlight _unsettled = new(MaxUnsettled);

    protected override async Task RunAsync(ILogConsumer consumer)
    {
        var commits = new CommitLoop(reached => CommitAsync(consumer, reached));
        var finishing = Task.CompletedTask;
        while (await WaitForRoomAsync())
        {
            var batch = await ReadAsync(consumer, handler.MaxBatch);
            if (batch.Count == 0 || !await HandleAsync(batch))
            {
                continue;
            }

            _unsettled.Add(batch.Count);
            finishing = FinishAsync(finishing, handler.Settled, batch, commits);
            if (finishing.IsFaulted)
            {
                // A defect: nothing would be committed any more.
                await finishing;
            }

            if (handler.Gathering > TimeSpan.Zero && batch.Count < handler.MaxBatch)
            {
                await DelayAsync(handler.Gathering);
            }
        }

        // What is not settled by now comes again.
        await commits.Committed;
        await CutOffAsync();
        await finishing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await commits.Committed;
    }

    /// <summary>False when the worker stops.</summary>
    private async Task<bool> WaitForRoomAsync()
    {
        if (await WaitForRoomAsync(_unsettled) > 0)
        {
            await handler.WaitForRoomAsync(Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return !Stopping.IsCancellationRequested;
    }

    /// <summary>Has a batch committed when it is settled, behind those before it.</summary>
    private async Task FinishAsync(Task before, Task settled, IReadOnlyList<LogRecord> batch, CommitLoop commits)
    {
        await before;

        // It may include what others than this worker left to the handler, which no cut-off ends.
        await settled.WaitAsync(CutOff);
        commits.Reach(batch.Select(static record => record.Position));
        _unsettled.Add(-batch.Count);
    }

    /// <summary>Tries until the batch is done; false when the worker stops before.</summary>
    private async Task<bool> HandleAsync(IReadOnlyList<LogRecord> batch)
    {
        var defects = 0;
        for (var failures = 1; await TryAsync(batch) is { } failure; failures++)
        {
            defects += RetrySchedule.IsOutage(failure) ? 0 : 1;
            if (defects > RetrySchedule.MaxRetries)
            {
                return await HandleOneByOneAsync(batch);
            }

            if (!await WaitAsync(failures))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Handles what it can and puts the rest aside, so that one record does not hold up all others for ever.</summary>
    private async Task<bool> HandleOneByOneAsync(IReadOnlyList<LogRecord> batch)
    {
        foreach (var record in batch)
        {
            for (var failures = 1; await TryAsync([record]) is { } failure; failures++)
            {
                if (!RetrySchedule.IsOutage(failure) && await TryPutAsideAsync(record))
                {
                    break;
                }

                if (!await WaitAsync(failures))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private Task<bool> WaitAsync(int failures)
    {
        WorkerMetrics.Retries.Add(1, new("topic", handler.Topic), new("group", handler.Group));
        return DelayAsync(RetrySchedule.After(failures));
    }

    /// <summary>Why it failed; null when it did not.</summary>
    private async Task<Exception?> TryAsync(IReadOnlyList<LogRecord> batch)
    {
        var spans = Spans.Start(batch);
        try
        {
            await handler.HandleAsync(batch, CutOff);
            SpansOfCauses.End(spans);
            return null;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            SpansOfCauses.End(spans, failure);
            LogFailed(Log, handler.Group, batch.Count, handler.Topic, failure);
            return failure;
        }
    }

    private async Task<bool> TryPutAsideAsync(LogRecord record)
    {
        try
        {
            await deadLetters.AddAsync(record, handler.Group, InternalError, RetrySchedule.MaxRetries + 1, CutOff);
            return true;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            LogNotPutAside(Log, handler.Group, record.Event.Id, handler.Topic, failure);
            return false;
        }
    }

    [LoggerMessage(312, LogLevel.Error, "{Group} could not put event {EventId} of {Topic} aside; it tries again")]
    private static partial void LogNotPutAside(ILogger log, string group, string eventId, string topic, Exception failure);

    [LoggerMessage(311, LogLevel.Warning, "{Group} could not handle {Records} records of {Topic}; it tries again")]
    private static partial void LogFailed(ILogger log, string group, int records, string topic, Exception failure);
}
