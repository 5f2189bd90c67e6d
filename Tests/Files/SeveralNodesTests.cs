using Chat4All.Silo.Files;
using Chat4All.Tests.Grains;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat4All.Tests.Files;

/// <summary>Two nodes that know nothing of each other: each has an activation of the upload of its own, which is the worst that a cluster comes to. The store decides.</summary>
public sealed class SeveralNodesTests : IAsyncLifetime
{
    private EmbeddedStore _store = null!;
    private GrainHost _one = null!;
    private GrainHost _other = null!;

    public async Task InitializeAsync()
    {
        _store = await EmbeddedStore.StartAsync();
        _one = await GrainHost.StartAsync(_store);
        _other = await GrainHost.StartAsync(_store);
        await _one.CreateGroupAsync("team");
    }

    public async Task DisposeAsync()
    {
        await _other.DisposeAsync();
        await _one.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public Task Chunks_in_any_order_through_two_nodes_at_once_become_the_file() => Nodes().ChunksInAnyOrderAsync();

    [Fact]
    public Task Of_rivals_for_one_chunk_through_two_nodes_one_wins_and_the_others_leave_nothing() => Nodes().RivalsForOneChunkAsync();

    [Fact]
    public Task Of_rivals_for_one_tail_through_two_nodes_one_wins_and_the_others_leave_nothing() => Nodes().RivalsForOneTailAsync();

    private SeveralNodes Nodes()
    {
        var merge = new FileMerge(_store.Files, _store.Objects, _one.Factory, TimeProvider.System, NullLogger<FileMerge>.Instance);
        return new SeveralNodes(new UploadNode(_one.Factory, _store.Objects), new UploadNode(_other.Factory, _store.Objects), _store, id => merge.RunAsync(id, default));
    }
}
