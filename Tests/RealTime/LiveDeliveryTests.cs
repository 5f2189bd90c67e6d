using System.Text.Json;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.RealTime;

[Trait("Category", "Integration")]
[Trait("Engine", "Both")]
public sealed class LiveDeliveryTests(SocketHost host) : IClassFixture<SocketHost>
{
    [Fact]
    public async Task Every_connection_of_every_member_gets_every_message_in_order()
    {
        var owner = await host.UserAsync("user1");
        var conversation = await owner.CreateGroupAsync(["user1", "user2", "user3"]);
        await using var first = await host.ConnectAsync("user1");
        await using var second = await host.ConnectAsync("user2");
        await using var again = await host.ConnectAsync("user2");
        await using var stranger = await host.ConnectAsync("user9");

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => owner.SendAsync(conversation, $"message {i}")));

        foreach (var socket in new[] { first, second, again })
        {
            await socket.WaitForMessageAsync(conversation, 40);
            Assert.Equal(Enumerable.Range(1, 40).Select(seq => (long)seq), socket.Seqs(conversation));
        }

        Assert.Empty(stranger.Seqs(conversation));
    }

    [Fact]
    public async Task A_new_conversation_comes_by_itself_with_its_first_message()
    {
        await using var socket = await host.ConnectAsync("user4");
        var owner = await host.UserAsync("user5");

        var conversation = await owner.CreateGroupAsync(["user5", "user4", "user6"]);
        await owner.SendAsync(conversation, "first");

        await socket.WaitForMessageAsync(conversation, 1);
        var created = Assert.Single(socket.Of("conversation.created", conversation));
        Assert.Equal(["user5", "user4", "user6"], created.GetProperty("data").GetProperty("members").EnumerateArray().Select(m => m.GetString()));
        Assert.True(socket.Events.ToList().IndexOf(created) < socket.Events.ToList().FindIndex(e => HubSocket.TypeOf(e) == "message.created"));
    }

    [Fact]
    public async Task A_member_who_joins_hears_of_it_first_and_one_who_leaves_last()
    {
        var owner = await host.UserAsync("user6");
        var conversation = await owner.CreateGroupAsync(["user6", "user7", "user8"]);
        await owner.SendAsync(conversation, "before");
        await using var socket = await host.ConnectAsync("user9");
        await using var witness = await host.ConnectAsync("user7");

        await owner.PostAsync($"/v1/conversations/{conversation}/members", new { user_id = "user9" }, System.Net.HttpStatusCode.OK, System.Net.HttpStatusCode.Created);
        await owner.SendAsync(conversation, "welcome");
        await socket.WaitForMessageAsync(conversation, 3);
        await socket.WaitForAsync("the join", e => HubSocket.TypeOf(e) == "member.joined");
        using (var left = await owner.Http.DeleteAsync($"/v1/conversations/{conversation}/members/user9"))
        {
            left.EnsureSuccessStatusCode();
        }

        await owner.SendAsync(conversation, "gone");
        await witness.WaitForMessageAsync(conversation, 5);
        await socket.WaitForAsync("the leave", e => HubSocket.TypeOf(e) == "member.left");
        await socket.AskAsync("resume", new { conversations = new Dictionary<string, long>() });

        Assert.Equal([2, 3, 4], socket.Seqs(conversation));
        Assert.Equal([2, 3, 4, 5], witness.Seqs(conversation));
        Assert.Equal("user9", socket.Of("member.joined", conversation).Single().GetProperty("data").GetProperty("user_id").GetString());
    }

    [Fact]
    public async Task A_read_receipt_comes_with_the_status_it_leads_to()
    {
        var owner = await host.UserAsync("user1");
        var conversation = await owner.CreatePrivateAsync("user3");
        var sent = await owner.SendAsync(conversation, "read me");
        await using var sender = await host.ConnectAsync("user1");
        await using var reader = await host.ConnectAsync("user3");
        var seq = sent.GetProperty("seq").GetInt64();

        var ack = await reader.AskAsync("read", new { conversation_id = conversation, up_to_seq = seq });

        Assert.Equal(seq, ack.GetProperty("last_read_seq").GetInt64());
        var read = await sender.WaitForAsync("the receipt", e => HubSocket.TypeOf(e) == "conversation.read");
        Assert.Equal("user3", read.GetProperty("data").GetProperty("user_id").GetString());
        var status = await sender.WaitForAsync("the status", e => HubSocket.TypeOf(e) == "message.status_updated");
        Assert.Equal("read", status.GetProperty("data").GetProperty("new_status").GetString());
    }

    [Fact]
    public async Task Typing_reaches_the_others_and_not_the_typist()
    {
        var owner = await host.UserAsync("user2");
        var conversation = await owner.CreateGroupAsync(["user2", "user4", "user8"]);
        await using var typist = await host.ConnectAsync("user2");
        await using var other = await host.ConnectAsync("user4");

        await typist.AskAsync("typing", new { conversation_id = conversation });
        await other.WaitForAsync("typing", e => HubSocket.TypeOf(e) == "typing");
        await typist.AskAsync("read", new { conversation_id = conversation });

        Assert.Empty(typist.Of("typing", conversation));
    }

    [Fact]
    public async Task Presence_is_told_to_those_who_share_a_conversation()
    {
        var owner = await host.UserAsync("user7");
        await owner.CreatePrivateAsync("user10");
        await using var watcher = await host.ConnectAsync("user7");

        var seen = await host.ConnectAsync("user10");
        await watcher.WaitForAsync("online", e => IsPresence(e, "online"));
        await seen.DisposeAsync();

        await watcher.WaitForAsync("offline", e => IsPresence(e, "offline"));

        static bool IsPresence(JsonElement e, string status) =>
            HubSocket.TypeOf(e) == "presence" && e.GetProperty("data").GetProperty("user_id").GetString() == "user10" && e.GetProperty("data").GetProperty("status").GetString() == status;
    }

    [Fact]
    public async Task An_unsubscribed_conversation_is_silent_until_it_is_subscribed_or_resumed()
    {
        var owner = await host.UserAsync("user3");
        var conversation = await owner.CreateGroupAsync(["user3", "user5", "user10"]);
        await using var socket = await host.ConnectAsync("user5");

        await socket.AskAsync("unsubscribe", new { conversation_id = conversation });
        await owner.SendAsync(conversation, "1: unheard");
        await socket.AskAsync("subscribe", new { conversation_id = conversation });
        await owner.SendAsync(conversation, "2: heard");
        await socket.WaitForMessageAsync(conversation, 2);
        Assert.Equal([2], socket.Seqs(conversation));

        await socket.AskAsync("unsubscribe", new { conversation_id = conversation });
        await owner.SendAsync(conversation, "3: missed");
        await socket.AskAsync("resume", new { conversations = new Dictionary<string, long> { [conversation] = 2 } });
        await owner.SendAsync(conversation, "4: heard again");
        await socket.WaitForMessageAsync(conversation, 4);

        Assert.Equal([2, 3, 4], socket.Seqs(conversation));
    }

    [Theory]
    [InlineData("subscribe")]
    [InlineData("unsubscribe")]
    [InlineData("typing")]
    [InlineData("read")]
    public async Task A_foreign_or_unknown_conversation_is_refused(string type)
    {
        var owner = await host.UserAsync("user1");
        var conversation = await owner.CreatePrivateAsync("user2");
        await using var socket = await host.ConnectAsync("user8");

        Assert.Equal("not_a_member", (await socket.AskAsync(type, new { conversation_id = conversation })).GetProperty("code").GetString());
        Assert.Equal("conversation_not_found", (await socket.AskAsync(type, new { conversation_id = "nowhere" })).GetProperty("code").GetString());
        Assert.Equal("invalid_id", (await socket.AskAsync(type, new { conversation_id = "../x" })).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_replayed_message_is_the_live_one_byte_for_byte()
    {
        var owner = await host.UserAsync("user2");
        var conversation = await owner.CreateGroupAsync(["user2", "user6", "user9"]);
        await using var live = await host.ConnectAsync("user6");
        await owner.PostAsync(
            "/v1/messages",
            new { conversation_id = conversation, channels = new[] { "chat4all" }, content = "tab\t\"quoted\" <ü> \U0001F600", metadata = new { a = 1.50m, b = "x" }, reply_to = "m-0" },
            System.Net.HttpStatusCode.Accepted);
        var first = await live.WaitForMessageAsync(conversation, 1);

        await using var replayed = await host.ConnectAsync("user6");
        await replayed.AskAsync("resume", new { conversations = new Dictionary<string, long> { [conversation] = 0 } });

        Assert.Equal(first.GetRawText(), (await replayed.WaitForMessageAsync(conversation, 1)).GetRawText());
    }
}
