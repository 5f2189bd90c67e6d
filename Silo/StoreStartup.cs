using Chat4All.Grains.Ports;
using Chat4All.Silo.Engines;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Chat4All.Silo;

/// <summary>Brings the store to this version's schema before anything uses it and, for an engine of one process, makes this process its only writer.</summary>
public sealed class StoreStartup(IStoreAdministration store, IConfiguration configuration) : IHostedLifecycleService, IAsyncDisposable
{
    private IAsyncDisposable? _lock;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (EngineSetup.NeedsWriterLock(configuration))
        {
            _lock = await store.AcquireWriterLockAsync(cancellationToken);
        }

        await store.MigrateAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => ReleaseAsync();

    public async ValueTask DisposeAsync() => await ReleaseAsync();

    private async Task ReleaseAsync()
    {
        if (Interlocked.Exchange(ref _lock, null) is { } held)
        {
            await held.DisposeAsync();
        }
    }
}
