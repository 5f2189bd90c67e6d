using System.Net;
using System.Net.Http.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Hosting;
using Chat4All.Tests.RealTime;
using Chat4All.Tests.Silo.Deliveries;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Chat4All.Tests.Deliveries;

/// <summary>From the request to the platform and back, through the whole server.</summary>
[Trait("Category", "Integration")]
public sealed class DeliveryFlowTests
{
    private static readonly string[] Outside = ["instagram", "messenger", "telegram", "whatsapp"];

    [SkippableTheory]
    [InlineData(HubStore.Sqlite)]
    [InlineData(HubStore.Postgres)]
    public async Task A_message_to_whatsapp_is_seen_in_transit_delivered_and_read(HubStore store)
    {
        Skip.If(store == HubStore.Postgres && !PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        await using var hub = await HubServer.StartAsync(new HubOptions
        {
            Store = store,
            Environment = new Dictionary<string, string>
            {
                ["Channels__Simulator__DeliveredMin"] = "00:00:01",
                ["Channels__Simulator__DeliveredMax"] = "00:00:01.5",
                ["Channels__Simulator__ReadMin"] = "00:00:02",
                ["Channels__Simulator__ReadMax"] = "00:00:02.5",
            },
        });
        using var sender = await hub.SignInAsync("user1");
        using var recipient = await hub.SignInAsync("user2");
        await using var sendersSocket = await HubSocket.OpenAsync(hub.BaseUrl, sender.AccessToken);
        await using var recipientsSocket = await HubSocket.OpenAsync(hub.BaseUrl, recipient.AccessToken);

        await sender.SendOutAsync("conv-test", "out-1", "whatsapp");

        foreach (var socket in new[] { sendersSocket, recipientsSocket })
        {
            await socket.WaitForAsync("the message is read", static e => IsStatus(e, "out-1", "read"));
            Assert.Equal(["in_transit", "delivered", "read"], socket.Events.Where(static e => IsStatus(e, "out-1", null)).Select(static e => e.GetProperty("data").Text("new_status")));
        }

        var delivery = Assert.Single(await recipient.DeliveriesAsync("out-1"));
        Assert.Equal(("user2", "whatsapp", "read", 1), (delivery.Text("recipient"), delivery.Text("channel"), delivery.Text("status"), delivery.GetProperty("attempts").GetInt32()));
        Assert.NotEmpty(delivery.Text("external_id"));
        Assert.Equal("read", (await sender.GetAsync("/v1/messages/out-1")).Text("status"));
        var listed = (await sender.ListMessagesAsync("conv-test")).Single(static message => message.Text("message_id") == "out-1");
        Assert.Equal(("read", "read"), (listed.Text("status"), listed.GetProperty("deliveries")[0].Text("status")));

        // Who was away learns it as current state.
        await using var late = await HubSocket.OpenAsync(hub.BaseUrl, recipient.AccessToken, $"&since={Uri.EscapeDataString(listed.Text("created_at"))}");
        await late.WaitForAsync("the status of before", static e => IsStatus(e, "out-1", "read"));
    }

    [Fact]
    public async Task To_all_channels_a_message_makes_a_delivery_on_each_simulated_one()
    {
        await using var hub = await SocketHost.StartAsync(null);
        var user = await hub.UserAsync("user1");

        await user.SendOutAsync("conv-test", "out-1", "all");

        await user.UntilDeliveriesAsync("out-1", "read");
        Assert.Equal(Outside, (await user.DeliveriesAsync("out-1")).Select(static one => one.Text("channel")).Order());
    }

    [Fact]
    public async Task What_a_platform_keeps_refusing_becomes_a_dead_letter_that_can_be_replayed()
    {
        var connector = new SwitchedConnector(Channels.Instagram) { Result = new SendResult(AttemptOutcome.Retry, Error: "platform_down") };
        await using var hub = await StartAsync(connector);
        var user = await hub.UserAsync("user1");
        using var admin = await HubClient.SignInAsync(hub.BaseUrl, HubServer.AdminId, HubServer.AdminSecret, "read write admin");

        await user.SendOutAsync("conv-test", "out-1", "instagram");
        await user.UntilDeliveriesAsync("out-1", "failed");

        var failed = Assert.Single(await user.DeliveriesAsync("out-1"));
        Assert.Equal((4, "platform_down"), (failed.GetProperty("attempts").GetInt32(), failed.Text("error")));
        var letter = Assert.Single((await admin.GetAsync("/v1/admin/dead-letters")).GetProperty("dead_letters").EnumerateArray());
        Assert.Equal(
            ("instagram_outgoing", "connector", "out-1", "user2", "instagram", "platform_down", 4),
            (letter.Text("topic"), letter.Text("group"), letter.Text("message_id"), letter.Text("recipient"), letter.Text("channel"), letter.Text("reason"), letter.GetProperty("attempts").GetInt32()));
        var metrics = await admin.Http.GetStringAsync("/metrics");
        Assert.Contains("chat4all_dead_letters_total{", metrics, StringComparison.Ordinal);
        Assert.Matches("chat4all_delivery_total\\{(?=[^}]*channel=\"instagram\")[^}]*status=\"failed\"[^}]*\\} 1", metrics);

        connector.Result = null;
        for (var i = 0; i < 2; i++)
        {
            await admin.PostAsync($"/v1/admin/dead-letters/{letter.Text("dead_letter_id")}/replay", new { }, HttpStatusCode.Accepted);
        }

        await user.UntilDeliveriesAsync("out-1", "in_transit");
        Assert.Equal(5, connector.Attempts);
        Assert.Empty((await admin.GetAsync("/v1/admin/dead-letters")).GetProperty("dead_letters").EnumerateArray());
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Http.DeleteAsync($"/v1/admin/dead-letters/{letter.Text("dead_letter_id")}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Http.DeleteAsync($"/v1/admin/dead-letters/{letter.Text("dead_letter_id")}")).StatusCode);
    }

    [Fact]
    public async Task A_channel_that_fails_holds_up_no_other_one()
    {
        var down = new SwitchedConnector(Channels.Telegram) { Result = new SendResult(AttemptOutcome.Retry, Error: "platform_down") };
        var up = new SwitchedConnector(Channels.WhatsApp);
        await using var hub = await StartAsync(down, up);
        var user = await hub.UserAsync("user1");

        for (var i = 1; i <= 50; i++)
        {
            await user.SendOutAsync("conv-test", $"out-{i}", "telegram", "whatsapp");
        }

        await Eventually.HoldsAsync("all of WhatsApp's are sent", () => up.Attempts == 50, TimeSpan.FromSeconds(5));
        Assert.InRange(down.Attempts, 1, 4);
        var last = (await user.DeliveriesAsync("out-50")).ToDictionary(static one => one.Text("channel"), static one => one.Text("status"));
        Assert.Equal("accepted", last["telegram"]);
    }

    [Fact]
    public async Task A_user_links_an_own_address_and_only_an_administrator_anybodys()
    {
        await using var hub = await SocketHost.StartAsync(null);
        var user = await hub.UserAsync("user1");
        using var admin = await HubClient.SignInAsync(hub.BaseUrl, HubServer.AdminId, HubServer.AdminSecret, "read write admin");

        using var linked = await user.Http.PutAsJsonAsync("/v1/users/user1/channels/whatsapp", new { address = "+49 (171) 555-01" });
        Assert.Equal(HttpStatusCode.OK, linked.StatusCode);
        Assert.Equal("4917155501", (await user.GetAsync("/v1/users/user1/channels/whatsapp")).Text("address"));
        Assert.Equal(HttpStatusCode.Forbidden, (await user.Http.GetAsync("/v1/users/user2/channels/whatsapp")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await user.Http.PutAsJsonAsync("/v1/users/user2/channels/whatsapp", new { address = "1" })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await admin.Http.PutAsJsonAsync("/v1/users/user2/channels/whatsapp", new { address = "4917155501" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await admin.Http.PutAsJsonAsync("/v1/users/user2/channels/telegram", new { address = "4711" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Http.PutAsJsonAsync("/v1/users/nobody/channels/telegram", new { address = "4712" })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await user.Http.DeleteAsync("/v1/users/user1/channels/whatsapp")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await user.Http.GetAsync("/v1/users/user1/channels/whatsapp")).StatusCode);
    }

    private static bool IsStatus(System.Text.Json.JsonElement e, string messageId, string? status) =>
        HubSocket.TypeOf(e) == EventTypes.MessageStatusUpdated
        && e.GetProperty("data").Text("message_id") == messageId
        && (status is null || e.GetProperty("data").Text("new_status") == status);

    /// <summary>A server whose channels are these; the others take everything.</summary>
    internal static Task<SocketHost> StartAsync(params IChannelConnector[] connectors) => SocketHost.StartAsync(services =>
    {
        services.RemoveAll<IChannelConnector>();
        foreach (var channel in new[] { Channels.WhatsApp, Channels.Instagram, Channels.Messenger, Channels.Telegram })
        {
            services.AddSingleton(connectors.FirstOrDefault(one => one.Channel == channel) ?? new ScriptedConnector(channel));
        }
    });
}
