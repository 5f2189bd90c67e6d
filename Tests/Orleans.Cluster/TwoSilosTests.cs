using Chat4All.Grains;
using Chat4All.Grains.Abstractions;
using Chat4All.Silo.Files;
using Chat4All.Tests.Compliance;
using Chat4All.Tests.Files;
using Chat4All.Tests.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.TestingHost;

namespace Chat4All.Tests.Cluster;

/// <summary>An upload through two silos of one cluster: one activation, which one of them calls across the network.</summary>
[Trait("Category", "Integration")]
[Trait("Engine", "Both")]
public sealed class TwoSilosTests : IAsyncLifetime
{
    private EmbeddedStore _store = null!;
    private InProcessTestCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _store = await EmbeddedStore.StartAsync();
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 2);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSiloHost((_, host) => host.Services.AddGrainPorts(_store));
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseInMemoryReminderService();
            silo.Services.Configure<GrainCollectionOptions>(static options => options.CollectionQuantum = EngineFixture.CollectionQuantum);
            silo.Services.AddGrainCallers();
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        await Factory(0).GetGrain<IConversationGrain>("team").Create(
            new CreateConversation { CreatorId = "u1", Type = ConversationType.Group, Members = ["u1", "u2", "u3"], Metadata = "{}" }, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public Task Chunks_in_any_order_through_two_silos_at_once_become_the_file() => Nodes().ChunksInAnyOrderAsync();

    [Fact]
    public Task Of_rivals_for_one_chunk_through_two_silos_one_wins_and_the_others_leave_nothing() => Nodes().RivalsForOneChunkAsync();

    [Fact]
    public Task Of_rivals_for_one_tail_through_two_silos_one_wins_and_the_others_leave_nothing() => Nodes().RivalsForOneTailAsync();

    private SeveralNodes Nodes()
    {
        var merge = new FileMerge(_store.Files, _store.Objects, Factory(1), TimeProvider.System, NullLogger<FileMerge>.Instance);
        return new SeveralNodes(new UploadNode(Factory(0), _store.Objects), new UploadNode(Factory(1), _store.Objects), _store, id => merge.RunAsync(id, default));
    }

    private IGrainFactory Factory(int silo) => _cluster.Silos[silo].ServiceProvider.GetRequiredService<IGrainFactory>();
}
