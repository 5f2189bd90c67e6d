using System.Collections.Concurrent;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.RealTime;

/// <summary>Who is online: told when a socket opens, and with every change from then on.</summary>
[Trait("Category", "Integration")]
[Trait("Engine", "Both")]
public sealed class PresenceTests : IAsyncLifetime
{
    private readonly UnreliableFanOut _fanOut = new();
    private readonly ConcurrentDictionary<string, bool> _online = new();
    private SocketHost? _host;

    private SocketHost Host => _host!;

    public async Task InitializeAsync()
    {
        _host = await SocketHost.StartAsync(services => services.AddSingleton<IFanOut>(_fanOut));
        _fanOut.Subscribe(told => _ = told.Presence is { } presence && (_online[presence.UserId] = presence.IsOnline));
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();

    [Fact]
    public async Task A_new_socket_learns_right_behind_the_welcome_who_is_online()
    {
        await (await Host.UserAsync("user1")).CreateGroupAsync(["user1", "user2", "user3", "user4"]);
        await using var second = await OpenAsync("user2");
        var third = await OpenAsync("user3");
        await using var stranger = await Host.ConnectAsync("user10");

        await using var socket = await Host.ConnectAsync("user1");
        await using var other = await Host.ConnectAsync("user1");

        foreach (var one in (HubSocket[])[socket, other])
        {
            await one.WaitForAsync("two are online", _ => Statuses(one).Length >= 2);
            Assert.Equal(["connection.established", "presence", "presence"], one.Events.Take(3).Select(HubSocket.TypeOf));
            Assert.Equal(["user2 online", "user3 online"], Statuses(one).Order());
        }

        await third.DisposeAsync();
        await socket.WaitForAsync("a change", _ => Statuses(socket).Length >= 3);
        await using var later = await Host.ConnectAsync("user1");
        await later.WaitForAsync("one is online", _ => Statuses(later).Length >= 1);
        await later.AskAsync("subscribe", new { conversation_id = "conv-test" });
        Assert.Equal(["user2 online"], Statuses(later));
        Assert.Equal("user3 offline", Statuses(socket)[^1]);
    }

    [Fact]
    public async Task Who_is_away_for_a_moment_only_is_online_to_a_socket_that_opens_meanwhile()
    {
        await (await Host.UserAsync("user1")).CreateGroupAsync(["user1", "user2", "user3"]);
        var seen = await OpenAsync("user2");
        await seen.DisposeAsync();

        await using var socket = await Host.ConnectAsync("user1");
        await socket.WaitForAsync("online", _ => Statuses(socket).Length >= 1);
        await using var back = await Host.ConnectAsync("user2");
        await back.AskAsync("subscribe", new { conversation_id = "conv-test" });

        Assert.Equal(["user2 online"], Statuses(socket));
    }

    [Fact]
    public async Task Who_gets_to_know_each_other_learns_whether_the_other_is_online()
    {
        await using var near = await OpenAsync("user5");
        await using var far = await OpenAsync("user6");

        await (await Host.UserAsync("user5")).CreatePrivateAsync("user6");
        await near.WaitForAsync("the other", _ => Statuses(near).Length > 0);
        await far.WaitForAsync("the other", _ => Statuses(far).Length > 0);
        var group = await (await Host.UserAsync("user5")).CreateGroupAsync(["user5", "user6", "user7"]);
        await (await Host.UserAsync("user5")).SendAsync(group, "we know each other");
        await near.WaitForMessageAsync(group, 1);
        await far.WaitForMessageAsync(group, 1);

        Assert.Equal(["user6 online"], Statuses(near));
        Assert.Equal(["user5 online"], Statuses(far));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task However_quickly_sockets_come_and_go_changes_alternate_and_end_with_the_truth(int seed)
    {
        var random = new Random(seed);
        await (await Host.UserAsync("user1")).CreateGroupAsync(["user1", "user2", "user3"]);
        await using var watcher = await Host.ConnectAsync("user1");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ComeAndGoAsync("user2", random.Next(5, 15))));
        await watcher.WaitForAsync("user2 is offline", _ => Statuses(watcher) is [.., "user2 offline"]);
        await using var last = await Host.ConnectAsync("user2");
        await watcher.WaitForAsync("user2 is online", _ => Statuses(watcher) is [.., "user2 online"]);

        var statuses = Statuses(watcher);
        Assert.Equal(statuses.Select((_, i) => i % 2 == 0 ? "user2 online" : "user2 offline"), statuses);
    }

    [Fact]
    public async Task A_change_that_is_told_twice_is_heard_once()
    {
        await (await Host.UserAsync("user1")).CreateGroupAsync(["user1", "user2", "user3"]);
        await using var watcher = await Host.ConnectAsync("user1");
        _fanOut.Fate = static told => told.Presence is null ? [told] : [told, told];

        var seen = await Host.ConnectAsync("user2");
        await watcher.WaitForAsync("online", _ => Statuses(watcher).Length > 0);
        await seen.DisposeAsync();
        await watcher.WaitForAsync("offline", _ => Statuses(watcher) is [.., "user2 offline"]);

        await watcher.AskAsync("subscribe", new { conversation_id = "conv-test" });
        Assert.Equal(["user2 online", "user2 offline"], Statuses(watcher));
    }

    private async Task ComeAndGoAsync(string userId, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await (await Host.ConnectAsync(userId)).DisposeAsync();
        }
    }

    /// <summary>Opens a user's socket and waits until the nodes have been told.</summary>
    private async Task<HubSocket> OpenAsync(string userId)
    {
        var socket = await Host.ConnectAsync(userId);
        await Eventually.HoldsAsync($"{userId} is online", () => _online.GetValueOrDefault(userId));
        return socket;
    }

    /// <summary>What a socket heard of presence: <c>user online</c>.</summary>
    private static string[] Statuses(HubSocket socket) =>
    [
        .. socket.Events.Where(static e => HubSocket.TypeOf(e) == "presence").Select(static e => e.GetProperty("data"))
            .Select(static data => $"{data.GetProperty("user_id").GetString()} {data.GetProperty("status").GetString()}"),
    ];
}
