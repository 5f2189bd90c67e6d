using Chat4All.Grains.Ports;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.RealTime;

/// <summary>Sockets behind a fan-out that loses, swaps and repeats events.</summary>
[Trait("Category", "Integration")]
public sealed class HealingTests : IAsyncLifetime
{
    private readonly UnreliableFanOut _fanOut = new();
    private SocketHost? _host;

    private SocketHost Host => _host!;

    public async Task InitializeAsync() => _host = await SocketHost.StartAsync(services => services.AddSingleton<IFanOut>(_fanOut));

    public async Task DisposeAsync() => await Host.DisposeAsync();

    [Fact]
    public async Task A_lost_message_is_read_from_the_store_and_comes_in_its_place()
    {
        var owner = await Host.UserAsync("user1");
        var conversation = await owner.CreateGroupAsync(["user1", "user2", "user3"]);
        await using var socket = await Host.ConnectAsync("user2");
        _fanOut.Fate = e => e.Seq is 2 or 3 ? [] : [e];

        for (var i = 1; i <= 5; i++)
        {
            await owner.SendAsync(conversation, $"message {i}");
        }

        // A gap is held for 50 ms before the store is asked.
        await socket.WaitForMessageAsync(conversation, 5, TimeSpan.FromSeconds(1));
        Assert.Equal([1, 2, 3, 4, 5], socket.Seqs(conversation));
    }

    [Fact]
    public async Task A_lost_last_message_comes_too()
    {
        var owner = await Host.UserAsync("user1");
        var conversation = await owner.CreateGroupAsync(["user1", "user2", "user3"]);
        await using var socket = await Host.ConnectAsync("user2");
        _fanOut.Fate = e => e.Seq > 0 ? [] : [e];

        await owner.SendAsync(conversation, "lost");
        await owner.SendAsync(conversation, "lost too");

        // Heads are compared every 2 s.
        await socket.WaitForMessageAsync(conversation, 2, TimeSpan.FromSeconds(6));
        Assert.Equal([1, 2], socket.Seqs(conversation));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_the_fan_out_does_every_message_comes_once_and_in_order(int seed)
    {
        var random = new Random(seed);
        var late = new List<LiveEvent>();
        var owner = await Host.UserAsync("user1");
        var conversation = await owner.CreateGroupAsync(["user1", "user2", "user3"]);
        await using var socket = await Host.ConnectAsync("user2");
        _fanOut.Fate = e =>
        {
            switch (random.Next(6))
            {
                case 0:
                    return [];
                case 1:
                    late.Add(e);
                    return [];
                case 2:
                    return [e, e];
                case 3:
                    LiveEvent[] swapped = [e, .. late];
                    late.Clear();
                    return swapped;
                default:
                    return [e];
            }
        };

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async sender =>
        {
            for (var i = 0; i < 50; i++)
            {
                await owner.SendAsync(conversation, $"message {i} of {sender}");
            }
        }));

        await socket.WaitForMessageAsync(conversation, 400);
        Assert.Equal(Enumerable.Range(1, 400).Select(seq => (long)seq), socket.Seqs(conversation));
    }

    [Fact]
    public async Task A_conversation_whose_creation_was_lost_comes_complete_with_its_first_event_that_was_not()
    {
        await using var socket = await Host.ConnectAsync("user2");
        var owner = await Host.UserAsync("user1");
        _fanOut.Fate = e => e.Seq is 0 or 1 or 2 ? [] : [e];

        var conversation = await owner.CreateGroupAsync(["user1", "user2", "user3"]);
        for (var i = 1; i <= 4; i++)
        {
            await owner.SendAsync(conversation, $"message {i}");
        }

        await socket.WaitForMessageAsync(conversation, 4);
        Assert.Equal([1, 2, 3, 4], socket.Seqs(conversation));
    }

    [Fact]
    public async Task A_removal_that_was_lost_ends_the_members_events_all_the_same()
    {
        var owner = await Host.UserAsync("user1");
        var conversation = await owner.CreateGroupAsync(["user1", "user2", "user3"]);
        await using var removed = await Host.ConnectAsync("user2");
        await using var member = await Host.ConnectAsync("user3");
        _fanOut.Fate = e => e.Type == "member.left" || e.Seq == 1 ? [] : [e];
        using (var response = await owner.Http.DeleteAsync($"/v1/conversations/{conversation}/members/user2"))
        {
            response.EnsureSuccessStatusCode();
        }

        for (var i = 2; i <= 20; i++)
        {
            await owner.SendAsync(conversation, $"message {i}");
        }

        await member.WaitForMessageAsync(conversation, 20);
        await removed.AskAsync("resume", new { conversations = new Dictionary<string, long>() });
        Assert.Equal([1], removed.Seqs(conversation));
    }

    [Fact]
    public async Task A_gap_and_a_resumption_at_the_same_time_agree()
    {
        var owner = await Host.UserAsync("user1");
        var conversation = await owner.CreateGroupAsync(["user1", "user2", "user3"]);
        for (var i = 1; i <= 20; i++)
        {
            await owner.SendAsync(conversation, $"message {i}");
        }

        await using var socket = await Host.ConnectAsync("user2");
        _fanOut.Fate = e => e.Seq % 3 == 0 ? [] : [e];
        var sending = Task.WhenAll(Enumerable.Range(21, 40).Select(i => owner.SendAsync(conversation, $"message {i}")));
        await socket.AskAsync("resume", new { conversations = new Dictionary<string, long> { [conversation] = 5 } });
        await sending;

        await socket.WaitForMessageAsync(conversation, 60);
        Assert.Equal(Enumerable.Range(6, 55).Select(seq => (long)seq), socket.Seqs(conversation));
    }
}
