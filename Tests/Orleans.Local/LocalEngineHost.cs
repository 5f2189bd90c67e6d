using Chat4All.Tests.Compliance;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;

namespace Chat4All.Tests.LocalEngine;

/// <summary>An engine of one test.</summary>
internal sealed class LocalEngineHost : IAsyncDisposable
{
    private readonly LocalEngineFixture _engine;

    private LocalEngineHost(LocalEngineFixture engine) => _engine = engine;

    public IGrainFactory Grains => _engine.Grains;

    public IServiceProvider Services => _engine.Services;

    public static async Task<LocalEngineHost> StartAsync(
        Action<LocalEngineOptions>? configure = null, Action<IServiceCollection>? addServices = null)
    {
        var engine = new LocalEngineFixture(configure ?? (static _ => { }), addServices);
        await engine.InitializeAsync();
        return new LocalEngineHost(engine);
    }

    public (TGrain Grain, EngineProbe Probe, string Key) New<TGrain>() where TGrain : IGrainWithStringKey
    {
        var key = Guid.NewGuid().ToString("N");
        return (Grains.GetGrain<TGrain>(key), EngineProbe.Of(key), key);
    }

    public Task StopAsync(CancellationToken cancellation = default) => _engine.StopAsync(cancellation);

    public async ValueTask DisposeAsync() => await _engine.DisposeAsync();
}
