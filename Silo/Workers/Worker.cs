using Chat4All.Grains.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chat4All.Silo.Workers;

/// <summary>
/// What every worker does: joins its group, reads, and outlives whatever fails. A stop first ends the reading, then waits for the work in flight, and cuts that off only when the
/// host's patience ends.
/// </summary>
internal abstract partial class Worker : IHostedService, IDisposable
{
    private readonly IEventLog _eventLog;
    private readonly string _topic;
    private readonly string _group;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _cutOff = new();
    private Task _running = Task.CompletedTask;
    private bool _isDisposed;

    protected Worker(IEventLog eventLog, string topic, string group, TimeProvider time, ILogger log)
    {
        (_eventLog, _topic, _group) = (eventLog, topic, group);
        (Time, Log, Spans) = (time, log, new WorkerSpans(topic, group));
        (Stopping, CutOff) = (_stopping.Token, _cutOff.Token);
    }

    protected TimeProvider Time { get; }

    protected ILogger Log { get; }

    /// <summary>Cancelled when the reading must end; waits between attempts end with it.</summary>
    protected CancellationToken Stopping { get; }

    /// <summary>Cancelled when the work in flight must end too.</summary>
    protected CancellationToken CutOff { get; }

    protected WorkerSpans Spans { get; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await using var cut = cancellationToken.Register(_cutOff.Cancel);
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>A host whose start failed disposes what it never stopped: whatever runs is ended first, and what it uses goes when it has.</summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _isDisposed, true))
        {
            _stopping.Cancel();
            _cutOff.Cancel();
            _running.ContinueWith(_ => Dispose(disposing: true), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            GC.SuppressFinalize(this);
        }
    }

    protected virtual void Dispose(bool disposing)
    {
        _stopping.Dispose();
        _cutOff.Dispose();
    }

    /// <summary>Reads and handles until <see cref="Stopping"/>; returns when nothing is in flight any more.</summary>
    protected abstract Task RunAsync(ILogConsumer consumer);

    /// <summary>The next records; none when the worker stops. Waits out a log that fails.</summary>
    protected async Task<IReadOnlyList<LogRecord>> ReadAsync(ILogConsumer consumer, int max)
    {
        for (var failures = 1; !Stopping.IsCancellationRequested; failures++)
        {
            try
            {
                return await consumer.ReadAsync(max, Stopping);
            }
            catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                LogReadFailed(Log, _group, _topic, failure);
                await DelayAsync(RetrySchedule.After(failures));
            }
        }

        return [];
    }

    /// <summary>Tells the log what is done. When that fails, it comes again after a restart, no more.</summary>
    protected async Task CommitAsync(ILogConsumer consumer, IReadOnlyList<LogPosition> done)
    {
        try
        {
            await consumer.CommitAsync(done, CutOff);
        }
        catch (OperationCanceledException) when (CutOff.IsCancellationRequested)
        {
            // The log knows how far the worker is; it may still commit that when the consumer leaves.
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            LogCommitFailed(Log, _group, _topic, failure);
        }
    }

    /// <summary>How many records may be read, when there is room for some; 0 when the worker stops.</summary>
    protected async Task<long> WaitForRoomAsync(InFlight inFlight)
    {
        try
        {
            return Stopping.IsCancellationRequested ? 0 : await inFlight.WaitForRoomAsync(Stopping);
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    /// <summary>Ends whatever still runs.</summary>
    protected Task CutOffAsync() => _cutOff.CancelAsync();

    /// <summary>Waits; false when the worker stops meanwhile.</summary>
    protected async Task<bool> DelayAsync(TimeSpan delay)
    {
        await Task.Delay(delay, Time, Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !Stopping.IsCancellationRequested;
    }

    private async Task RunAsync()
    {
        var consumer = _eventLog.Join(_topic, _group);
        try
        {
            await RunAsync(consumer);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            LogDied(Log, _group, _topic, failure);
        }

        try
        {
            await consumer.DisposeAsync();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            LogCommitFailed(Log, _group, _topic, failure);
        }
    }

    [LoggerMessage(301, LogLevel.Warning, "{Group} could not read {Topic}; it tries again")]
    private static partial void LogReadFailed(ILogger log, string group, string topic, Exception failure);

    [LoggerMessage(302, LogLevel.Warning, "{Group} could not commit what it did on {Topic}; records may be handled once more")]
    private static partial void LogCommitFailed(ILogger log, string group, string topic, Exception failure);

    [LoggerMessage(303, LogLevel.Critical, "{Group} does not read {Topic} any more, because of a defect")]
    private static partial void LogDied(ILogger log, string group, string topic, Exception failure);
}
