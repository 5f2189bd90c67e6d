using Chat4All.Silo.Workers;

namespace Chat4All.Tests.Silo.Workers;

/// <summary>A worker that is stopped at the end of its test.</summary>
internal sealed class RunningWorker(Worker worker) : IAsyncDisposable
{
    public Task StartAsync() => worker.StartAsync(CancellationToken.None);

    public Task StopAsync(CancellationToken cancellationToken) => worker.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // A test that failed may have left its handler waiting.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await worker.StopAsync(patience.Token);
        worker.Dispose();
    }
}
