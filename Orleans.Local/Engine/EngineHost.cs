using Microsoft.Extensions.Hosting;

namespace Orleans.Local;

/// <summary>The engine's clockwork: looks for overdue calls and idle activations, and ends all activations when the process stops.</summary>
internal sealed class EngineHost(LocalEngine engine) : IHostedService, IDisposable
{
    private ITimer? _sweep;
    private ITimer? _collection;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _sweep = engine.Time.CreateTimer(
            static state => ((LocalEngine)state!).ExpireCalls(), engine, engine.SweepPeriod, engine.SweepPeriod);
        _collection = engine.Time.CreateTimer(
            static state => ((LocalEngine)state!).CollectIdle(), engine, engine.Options.CollectionQuantum, engine.Options.CollectionQuantum);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _collection?.Dispose();
        await engine.StopAsync(cancellationToken);
        _sweep?.Dispose();
    }

    public void Dispose()
    {
        _collection?.Dispose();
        _sweep?.Dispose();
    }
}
