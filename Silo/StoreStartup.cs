using Chat4All.Grains.Ports;
using Chat4All.Silo.Engines;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chat4All.Silo;

/// <summary>Brings the store to this version's schema before anything uses it and, for an engine of one process, makes this process its only writer.</summary>
public sealed partial class StoreStartup(IStoreAdministration store, IConfiguration configuration, TimeProvider time, ILogger<StoreStartup> log)
    : IHostedLifecycleService, IAsyncDisposable
{
    /// <summary>How long a store that does not answer is waited for: a database that starts beside the hub, or a machine that is busy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private IAsyncDisposable? _lock;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (EngineSetup.NeedsWriterLock(configuration))
        {
            _lock = await PatientlyAsync(() => store.AcquireWriterLockAsync(cancellationToken), cancellationToken);
        }

        await PatientlyAsync(() => store.MigrateAsync(cancellationToken), cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => ReleaseAsync();

    public async ValueTask DisposeAsync() => await ReleaseAsync();

    private async Task<T> PatientlyAsync<T>(Func<Task<T>> step, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await step();
            }
            catch (StoreUnavailableException failure) when (time.GetElapsedTime(started) < Patience)
            {
                LogWaiting(log, store.Name, failure.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancellationToken);
            }
        }
    }

    [LoggerMessage(1211, LogLevel.Warning, "Waiting for the {Store} store: {Problem}")]
    private static partial void LogWaiting(ILogger log, string store, string problem);

    private async Task ReleaseAsync()
    {
        if (Interlocked.Exchange(ref _lock, null) is { } held)
        {
            await held.DisposeAsync();
        }
    }
}
