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
    /// <summary>True when the record is dealt with; false when the worker stops before, so that it has to come again. Never throws.</summary>
    public async Task<bool> HandleAsync(LogRecord record)
    {
        var (attempts, outages) = (0, 0);
        while (true)
        {
            var (result, isOutage) = await AttemptAsync(record);
            if (stopping.IsCancellationRequested && result.Outcome is not (HandlingOutcome.Done or HandlingOutcome.GiveUp))
            {
                return false;
            }

            attempts += result.Outcome is HandlingOutcome.Retry or HandlingOutcome.GiveUp ? 1 : 0;
            switch (result.Outcome)
            {
                case HandlingOutcome.Done:
                    return true;
                case HandlingOutcome.Wait:
                    await delay(isOutage ? RetrySchedule.After(++outages) : result.Delay);
                    break;
                case HandlingOutcome.Retry when attempts <= RetrySchedule.MaxRetries:
                    WorkerMetrics.Retries.Add(1, new("topic", handler.Topic), new("group", handler.Group));
                    await delay(RetrySchedule.After(attempts));
                    break;
                default:
                    return await GiveUpAsync(record, result.Reason!, attempts);
            }
        }
    }

    private async Task<(HandlingResult Result, bool IsOutage)> AttemptAsync(LogRecord record)
    {
        await places.WaitAsync(CancellationToken.None);
        Activity? span = null;
        try
        {
            if (stopping.IsCancellationRequested)
            {
                return (HandlingResult.Wait(TimeSpan.Zero), false);
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
            places.Release();
        }
    }

    private async Task<bool> GiveUpAsync(LogRecord record, string reason, int attempts)
    {
        for (var failures = 1; !await TryGiveUpAsync(record, reason, attempts); failures++)
        {
            if (!await delay(RetrySchedule.After(failures)))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> TryGiveUpAsync(LogRecord record, string reason, int attempts)
    {
        await places.WaitAsync(CancellationToken.None);
        try
        {
            await handler.GiveUpAsync(record, reason, attempts, cutOff);
            return true;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            LogNotGivenUp(log, handler.Group, record.Event.Id, handler.Topic, failure);
            return false;
        }
        finally
        {
            places.Release();
        }
    }

    [LoggerMessage(321, LogLevel.Warning, "{Group} failed at event {EventId} of {Topic}")]
    private static partial void LogFailed(ILogger log, string group, string eventId, string topic, Exception failure);

    [LoggerMessage(322, LogLevel.Error, "{Group} could not put event {EventId} of {Topic} aside; it tries again")]
    private static partial void LogNotGivenUp(ILogger log, string group, string eventId, string topic, Exception failure);
}
