using Chat4All.Tests.Compliance;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.TestingHost;

namespace Chat4All.Tests.Cluster;

/// <summary>One Orleans silo in this process, called through a client.</summary>
public sealed class OrleansEngineFixture : EngineFixture
{
    private readonly InProcessTestCluster _cluster;

    /// <summary>The silo as the suite asks for it.</summary>
    public OrleansEngineFixture()
    {
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 1);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo(static (_, silo) =>
        {
            silo.UseInMemoryReminderService();
            silo.AddIncomingGrainCallFilter<EngineCallFilter>();
            silo.Services.Configure<ReminderOptions>(static options => options.MinimumReminderPeriod = MinimumReminderPeriod);
            silo.Services.Configure<GrainCollectionOptions>(static options => options.CollectionQuantum = CollectionQuantum);
        });
        _cluster = builder.Build();
    }

    /// <inheritdoc/>
    public override IGrainFactory Grains => _cluster.Client;

    /// <inheritdoc/>
    public override Task InitializeAsync() => _cluster.DeployAsync();

    /// <inheritdoc/>
    public override async Task DisposeAsync() => await _cluster.DisposeAsync();
}
