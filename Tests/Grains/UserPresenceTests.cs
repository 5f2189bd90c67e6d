using Chat4All.Grains.Ports;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Grains;

public sealed class UserPresenceTests : IAsyncLifetime
{
    private EmbeddedStore _store = null!;
    private GrainHost _host = null!;

    public async Task InitializeAsync()
    {
        _store = await EmbeddedStore.StartAsync();
        _host = await GrainHost.StartAsync(_store);
        await _host.CreateGroupAsync("c1");
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task The_first_node_makes_a_user_present_and_the_last_one_absent()
    {
        var user = _host.User("u1");

        await user.Connected("node-1");
        await user.Connected("node-2");
        await user.Connected("node-1");
        await user.Disconnected("node-1");
        await user.Disconnected("node-1");
        Assert.Equal([true], Told("u1"));
        await user.Disconnected("node-2");

        await Eventually.HoldsAsync("offline is told", () => Told("u1").Length > 1);
        Assert.Equal([true, false], Told("u1"));
        Assert.All(Presence("u1"), told => Assert.Equal(["u2", "u3"], told.Recipients.Order()));
    }

    [Fact]
    public async Task Who_comes_back_at_once_was_never_away()
    {
        var user = _host.User("u1");
        var witness = _host.User("u2");
        await user.Connected("node-1");
        await witness.Connected("node-1");

        for (var i = 0; i < 20; i++)
        {
            await user.Disconnected("node-1");
            await user.Connected("node-1");
        }

        // The witness goes later than all that and is told of: nothing of the user's can still be to come.
        await witness.Disconnected("node-1");
        await Eventually.HoldsAsync("the witness is offline", () => Told("u2").Length > 1);
        Assert.Equal([true], Told("u1"));
    }

    [Fact]
    public async Task A_user_without_contacts_is_told_of_too_so_that_nodes_know_for_later()
    {
        await _host.User("u5").Connected("node-1");

        var told = Assert.Single(Presence("u5"));
        Assert.Empty(told.Recipients);
    }

    private LiveEvent[] Presence(string userId) => [.. _host.FanOut.Events.Where(told => told.Presence?.UserId == userId)];

    private bool[] Told(string userId) => [.. Presence(userId).Select(static told => told.Presence!.Value.IsOnline)];
}
