using Chat4All.Frontend.Auth;
using Chat4All.Frontend.RealTime.Routing;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.RealTime;

/// <summary>Runs the sockets' background work from the host's start until every socket has been told that the host stops.</summary>
internal sealed partial class RealTimeService(
    EventLoop loop,
    Sessions sessions,
    FeedHealer healer,
    ConnectionSweep sweep,
    IFanOut fanOut,
    Revocations revocations,
    RealTimeMetrics metrics,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<RealTimeService> logger) : IHostedLifecycleService, IDisposable
{
    /// <summary>How long closed sockets may take to go before the server cuts them.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stop = new();
    private IDisposable? _subscription;
    private Task _running = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _running = Task.WhenAll(loop.RunAsync(), UntilStoppedAsync(healer.RunAsync), UntilStoppedAsync(sweep.RunAsync));
        _subscription = fanOut.Subscribe(Receive);
        revocations.Revoked += sessions.Revoke;

        // Sockets are requests to the web server, which waits for them when it stops: they must hear of it before.
        lifetime.ApplicationStopping.Register(() => _ = SayFarewellAsync());
        return Task.CompletedTask;
    }

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        revocations.Revoked -= sessions.Revoke;
        _subscription?.Dispose();
        await _stop.CancelAsync();
        loop.Complete();
        await _running.WaitAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stop.Dispose();

    private void Receive(LiveEvent liveEvent)
    {
        if (!loop.TryPost(liveEvent))
        {
            metrics.Overflowed();
        }
    }

    private async Task SayFarewellAsync()
    {
        var told = await sessions.CloseAllAsync();
        LogStopping(logger, told);
        await Task.Delay(Farewell, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await loop.Run(() =>
        {
            foreach (var connection in sessions.All())
            {
                connection.Abort();
            }

            return true;
        });
    }

    private async Task UntilStoppedAsync(Func<CancellationToken, Task> run)
    {
        try
        {
            await run(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    [LoggerMessage(3105, LogLevel.Information, "Closing {Connections} sockets")]
    private static partial void LogStopping(ILogger logger, int connections);
}
