using System.Diagnostics;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;

namespace Chat4All.Silo.Workers;

/// <summary>Everything that happens to one record until it is dealt with: attempts, waits between them, giving up.</summary>
/// <param name="places">Taken during an attempt, given back while the record waits.</param>
/// <param name="delay">Waits; false when the worker stops.</param>
internal sealed partial class RecordAttempts(
    IKeyedHandler handler, WorkerSpans spans, SemaphoreSlim places, Func<TimeSpan, Task<bool>> delay, ILogger log, CancellationToken stopping, CancellationToken cutOff)
{
    /// <summary>How often a record that waits looks whether its partition went: until it knows it counts as in flight.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait at once: a platform may ask for any number of seconds.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    public async Task<RecordEnd> HandleAsync(LogRecord record, ILogConsumer consumer)
    {
        var (attempts, outages) = (0, 0);
        while (true)
        {
            if (await AttemptAsync(record, consumer) is not var (result, isOutage))
            {
                return RecordEnd.Gone;
            }

            if (stopping.IsCancellationRequested && result.Outcome is not (HandlingOutcome.Done or HandlingOutcome.GiveUp))
            {
                return RecordEnd.Stopped;
            }

            attempts += result.Outcome is HandlingOutcome.Retry or HandlingOutcome.GiveUp ? 1 : 0;
            TimeSpan wait;
            switch (result.Outcome)
            {
                case HandlingOutcome.Done:
                    return RecordEnd.Done;
                case HandlingOutcome.Wait:
                    wait = isOutage ? RetrySchedule.After(++outages) : result.Delay;
                    break;
                case HandlingOutcome.Retry when attempts <= RetrySchedule.MaxRetries:
                    WorkerMetrics.Retries.Add(1, new("topic", handler.Topic), new("group", handler.Group));
                    wait = RetrySchedule.After(attempts);
                    break;
                default:
                    return await GiveUpAsync(record, consumer, result.Reason!, attempts);
            }

            if (await WaitAsync(record, consumer, wait) is { } end)
            {
                return end;
            }
        }
    }

    /// <summary>One attempt; null when the record is another member's by now.</summary>
    private async Task<(HandlingResult Result, bool IsOutage)?> AttemptAsync(LogRecord record, ILogConsumer consumer)
    {
        await places.WaitAsync(CancellationToken.None);
        var holds = false;
        Activity? span = null;
        try
        {
            if (stopping.IsCancellationRequested)
            {
                return (HandlingResult.Wait(TimeSpan.Zero), false);
            }

            holds = consumer.TryHold(record);
            if (!holds)
            {
                return null;
            }

            span = spans.Start(record);
            var result = await handler.HandleAsync(record, cutOff);
            WorkerSpans.Fail(span, result.Reason);
            return (result, false);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            WorkerSpans.Fail(span, failure.GetType().Name);
            LogFailed(log, handler.Group, record.Event.Id, handler.Topic, failure);
            return RetrySchedule.IsOutage(failure) ? (HandlingResult.Wait(TimeSpan.Zero), true) : (HandlingResult.Retry(failure.Message), false);
        }
        finally
        {
            span?.Dispose();
            End(record, consumer, holds);
        }
    }

    private async Task<RecordEnd> GiveUpAsync(LogRecord record, ILogConsumer consumer, string reason, int attempts)
    {
        for (var failures = 1; ; failures++)
        {
            if (await TryGiveUpAsync(record, consumer, reason, attempts) is { } end)
            {
                return end;
            }

            if (await WaitAsync(record, consumer, RetrySchedule.After(failures)) is { } endedMeanwhile)
            {
                return endedMeanwhile;
            }
        }
    }

    /// <summary>Waits, a day at most; how the record ended when it did meanwhile.</summary>
    private async Task<RecordEnd?> WaitAsync(LogRecord record, ILogConsumer consumer, TimeSpan wait)
    {
        for (var left = wait < LongestWait ? wait : LongestWait; left > TimeSpan.Zero; left -= Look)
        {
            if (!await delay(left < Look ? left : Look))
            {
                return RecordEnd.Stopped;
            }

            if (!consumer.TryHold(record))
            {
                return RecordEnd.Gone;
            }

            consumer.LetGo(record);
        }

        return null;
    }

    /// <summary>How it ended; null when it has to be tried again.</summary>
    private async Task<RecordEnd?> TryGiveUpAsync(LogRecord record, ILogConsumer consumer, string reason, int attempts)
    {
        await places.WaitAsync(CancellationToken.None);
        var holds = consumer.TryHold(record);
        try
        {
            if (!holds)
            {
                return RecordEnd.Gone;
            }

            await handler.GiveUpAsync(record, reason, attempts, cutOff);
            return RecordEnd.Done;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            LogNotGivenUp(log, handler.Group, record.Event.Id, handler.Topic, failure);
            return null;
        }
        finally
        {
            End(record, consumer, holds);
        }
    }

    private void End(LogRecord record, ILogConsumer consumer, bool holds)
    {
        places.Release();
        if (holds)
        {
            consumer.LetGo(record);
        }
    }

    [LoggerMessage(321, LogLevel.Warning, "{Group} failed at event {EventId} of {Topic}")]
    private static partial void LogFailed(ILogger log, string group, string eventId, string topic, Exception failure);

    [LoggerMessage(322, LogLevel.Error, "{Group} could not put event {EventId} of {Topic} aside; it tries again")]
    private static partial void LogNotGivenUp(ILogger log, string group, string eventId, string topic, Exception failure);
}

/// <summary>How the work on a record ended.</summary>
internal enum RecordEnd
{
    /// <summary>It is dealt with.</summary>
    Done = 0,

    /// <summary>The worker stops; the record comes again.</summary>
    Stopped,

    /// <summary>Its partition went to another member, who reads it anew.</summary>
    Gone,
}
