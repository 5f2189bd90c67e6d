using Chat4All.Tests.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;

namespace Chat4All.Tests.Compliance;

/// <summary>The engine's place among the hosted services: where it is registered, on either engine.</summary>
[Trait("Category", "Integration")]
[Trait("Engine", "Both")]
public sealed class EngineHostingTests
{
    [Fact]
    public async Task Grains_leave_after_their_callers_stopped_and_before_what_they_write_to_does()
    {
        var key = Guid.NewGuid().ToString("N");
        var probe = EngineProbe.Of(key);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLogging();
        builder.Services.AddSingleton<IHostedService>(new NotedService(probe, "journal"));
        builder.AddGrains(typeof(LifecycleGrain).Assembly);
        builder.Services.AddSingleton<IHostedService>(new NotedService(probe, "caller"));
        using var host = builder.Build();

        await host.StartAsync();
        await host.Services.GetRequiredService<IGrainFactory>().GetGrain<ILifecycleGrain>(key).ActivationAsync();
        await host.StopAsync();

        Assert.Equal(
            [
                "journal started", "caller started", "activating", "activated",
                "caller stopped", $"deactivating: {DeactivationReasonCode.ShuttingDown}", "deactivated", "journal stopped",
            ],
            probe.Notes);
    }

    private sealed class NotedService(EngineProbe probe, string name) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            probe.Note($"{name} started");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            probe.Note($"{name} stopped");
            return Task.CompletedTask;
        }
    }
}
