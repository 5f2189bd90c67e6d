using System.Net;
using System.Net.WebSockets;
using System.Text;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.RealTime;

[Trait("Category", "Integration")]
public sealed class SocketLimitsTests(SocketHost host) : IClassFixture<SocketHost>
{
    [Theory]
    [InlineData("")]
    [InlineData("?token=")]
    [InlineData("?token=eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl")]
    [InlineData("?token=%00%ff")]
    public async Task A_token_that_is_not_valid_is_let_in_and_closed_with_4001(string query)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(host.BaseUrl.ToString().Replace("http", "ws", StringComparison.Ordinal) + "ws" + query), CancellationToken.None);

        Assert.Equal(4001, await CloseCodeAsync(socket));
    }

    [Fact]
    public async Task The_token_may_come_as_a_header_or_a_subprotocol()
    {
        var token = (await host.UserAsync("user1")).AccessToken;
        using var byHeader = new ClientWebSocket();
        byHeader.Options.SetRequestHeader("Authorization", "Bearer " + token);
        await byHeader.ConnectAsync(SocketAddress, CancellationToken.None);
        using var byProtocol = new ClientWebSocket();
        byProtocol.Options.AddSubProtocol("bearer");
        byProtocol.Options.AddSubProtocol(token);
        await byProtocol.ConnectAsync(SocketAddress, CancellationToken.None);

        Assert.Contains("connection.established", await ReceiveAsync(byHeader), StringComparison.Ordinal);
        Assert.Contains("connection.established", await ReceiveAsync(byProtocol), StringComparison.Ordinal);
        Assert.Equal("bearer", byProtocol.SubProtocol);
    }

    /// <summary>A header twice is left to the real parser.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("X-Twice: 1\r\nX-Twice: 2\r\n")]
    public async Task A_token_that_may_not_read_is_closed_with_4001(string headers)
    {
        using var writer = await HubClient.SignInAsync(host.BaseUrl, "user7", HubServer.DemoSecret, "write");

        await using var raw = await RawSocket.OpenAsync(host.BaseUrl, writer.AccessToken, headers);

        Assert.Equal(4001, await raw.ReadCloseCodeAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("X-Twice: 1\r\nX-Twice: 2\r\n")]
    public async Task A_token_that_may_only_read_changes_nothing_and_one_that_may_not_extends_nothing(string headers)
    {
        using var reader = await HubClient.SignInAsync(host.BaseUrl, "user7", HubServer.DemoSecret, "read");
        using var writer = await HubClient.SignInAsync(host.BaseUrl, "user7", HubServer.DemoSecret, "write");
        await using var raw = await RawSocket.OpenAsync(host.BaseUrl, reader.AccessToken, headers);
        await raw.ReadAnswerAsync();

        foreach (var frame in new[]
        {
            """{"type":"send","ref":1,"data":{"conversation_id":"conv-test","channels":["chat4all"],"payload":{"type":"text","text":"x"}}}""",
            """{"type":"read","ref":1,"data":{"conversation_id":"conv-test"}}""",
            """{"type":"typing","ref":1,"data":{"conversation_id":"conv-test"}}""",
            $$$"""{"type":"auth","ref":1,"data":{"token":"{{{writer.AccessToken}}}"}}""",
        })
        {
            await raw.SendAsync(ClientFrameBytes.Text(frame));
            Assert.Contains("scope_missing", await raw.ReadAnswerAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_request_that_is_no_handshake_is_told_what_would_be()
    {
        using var http = new HttpClient { BaseAddress = host.BaseUrl };
        using var response = await http.GetAsync("/ws?token=x");

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_socket_through_the_http_pipeline_works_like_one_that_took_the_shortcut()
    {
        // A header twice is left to the real parser.
        var user = await host.UserAsync("user8");
        await using var raw = await RawSocket.OpenAsync(host.BaseUrl, user.AccessToken, "X-Twice: 1\r\nX-Twice: 2\r\n");

        await raw.ReadAnswerAsync();
        await raw.SendAsync(ClientFrameBytes.Text("""{"type":"resume","ref":1,"data":{"conversations":{}}}"""));
        Assert.Contains("\"ack\"", await raw.ReadAnswerAsync(), StringComparison.Ordinal);
        await raw.SendAsync(ClientFrameBytes.Close(1000));
        Assert.Equal(1000, await raw.ReadCloseCodeAsync());
    }

    [Fact]
    public async Task A_connection_too_many_is_closed_with_4003_and_the_others_stay()
    {
        await using var limited = await SocketHost.StartAsync(null, "--WebSocket:MaxConnectionsPerUser=2");
        await using var first = await limited.ConnectAsync("user1");
        await using (var second = await limited.ConnectAsync("user1"))
        {
            using var third = await RawConnectAsync(limited, "user1");
            Assert.Equal(4003, await CloseCodeAsync(third));
            await using var other = await limited.ConnectAsync("user2");
            Assert.False(first.IsOver || second.IsOver || other.IsOver);
        }

        // One that ended makes room.
        await Eventually.HoldsAsync("room for one more", async () =>
        {
            using var next = await RawConnectAsync(limited, "user1");
            return (await ReceiveAsync(next)).Contains("connection.established", StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_frame_too_many_in_a_minute_is_closed_with_4008()
    {
        await using var socket = await host.ConnectAsync("user2");
        for (var i = 0; i < 99; i++)
        {
            await socket.SendAsync(new { type = "pong" });
        }

        Assert.Equal("ack", HubSocket.TypeOf(await socket.AskAsync("resume", new { conversations = new Dictionary<string, long>() })));
        await socket.SendAsync(new { type = "pong" });

        Assert.Equal(4008, await socket.WaitForCloseAsync());
    }

    [Fact]
    public async Task A_reader_that_is_too_slow_is_closed_with_4009_and_nobody_else_waits()
    {
        await using var narrow = await SocketHost.StartAsync(null, "--WebSocket:MaxQueuedBytes=65536");
        var owner = await narrow.UserAsync("user1");
        var conversation = await owner.CreateGroupAsync(["user1", "user2", "user3"]);
        await using var slow = await RawSocket.OpenAsync(narrow.BaseUrl, (await narrow.UserAsync("user2")).AccessToken, receiveBuffer: 4096);
        await using var quick = await narrow.ConnectAsync("user3");
        var text = new string('x', 16_000);
        var sent = 0L;

        // The kernel's own buffers take some megabytes before the server feels that nobody reads.
        await Eventually.HoldsAsync("the slow reader's end", async () =>
        {
            var messages = Enumerable.Range(0, 20).Select(_ => new { conversation_id = conversation, channels = new[] { "chat4all" }, content = text });
            var answer = await owner.PostAsync("/v1/messages/batch", new { messages }, HttpStatusCode.Accepted);
            sent += 20;
            await quick.WaitForMessageAsync(conversation, sent);
            return narrow.Metric("chat4all_websocket_send_queue_dropped_total") > 0;
        });

        Assert.Equal(4009, await slow.ReadCloseCodeAsync());
        Assert.Equal(sent, quick.Seqs(conversation).LongLength);
    }

    [Fact]
    public async Task An_expired_token_ends_the_socket_with_4001_unless_a_newer_one_came()
    {
        var time = new ShiftedTime();
        await using var shifted = await SocketHost.StartAsync(services => services.AddSingleton<TimeProvider>(time));
        await using var ends = await shifted.ConnectAsync("user1");
        await using var lives = await shifted.ConnectAsync("user2");

        time.Advance(TimeSpan.FromMinutes(14));
        using var renewed = await HubClient.SignInAsync(shifted.BaseUrl, "user2", HubServer.DemoSecret, null);
        using var foreign = await HubClient.SignInAsync(shifted.BaseUrl, "user3", HubServer.DemoSecret, null);
        Assert.Equal("invalid_token", (await ends.AskAsync("auth", new { token = foreign.AccessToken })).GetProperty("code").GetString());
        Assert.Equal("invalid_token", (await ends.AskAsync("auth", new { token = "x" })).GetProperty("code").GetString());
        Assert.Equal("ack", HubSocket.TypeOf(await lives.AskAsync("auth", new { token = renewed.AccessToken })));
        Assert.False(ends.IsOver);
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(4001, await ends.WaitForCloseAsync());
        Assert.Equal("ack", HubSocket.TypeOf(await lives.AskAsync("resume", new { conversations = new Dictionary<string, long>() })));
        time.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(4001, await lives.WaitForCloseAsync());
    }

    [Fact]
    public async Task A_revoked_token_ends_its_sockets_and_no_others()
    {
        using var revoked = await HubClient.SignInAsync(host.BaseUrl, "user4", HubServer.DemoSecret, null);
        await using var other = await host.ConnectAsync("user4");
        await using var socket = await HubSocket.OpenAsync(host.BaseUrl, revoked.AccessToken);

        await revoked.PostAsync("/auth/revoke", new { token = revoked.AccessToken, token_type_hint = "access_token" }, HttpStatusCode.OK);

        Assert.Equal(4001, await socket.WaitForCloseAsync());
        Assert.False(other.IsOver);
    }

    [Fact]
    public async Task A_disabled_user_loses_all_sockets()
    {
        using var admin = await HubClient.SignInAsync(host.BaseUrl, HubServer.AdminId, HubServer.AdminSecret, "read write admin");
        await using var first = await host.ConnectAsync("user9");
        await using var second = await host.ConnectAsync("user9");

        using var response = await admin.Http.PatchAsync("/v1/users/user9", new StringContent("""{"is_active":false}""", Encoding.UTF8, "application/json"));
        response.EnsureSuccessStatusCode();

        Assert.Equal(4001, await first.WaitForCloseAsync());
        Assert.Equal(4001, await second.WaitForCloseAsync());
    }

    [Fact]
    public async Task A_stopping_server_says_goodbye_with_1001()
    {
        await using var stopping = await SocketHost.StartAsync(null);
        await using var socket = await stopping.ConnectAsync("user1");
        await using var deaf = await RawSocket.OpenAsync(stopping.BaseUrl, (await stopping.UserAsync("user2")).AccessToken);

        await stopping.StopAsync();

        Assert.Equal(1001, await socket.WaitForCloseAsync());
        Assert.Equal(1001, await deaf.ReadCloseCodeAsync());
    }

    [Fact]
    public async Task A_client_that_answers_nothing_is_dropped_and_one_that_only_answers_pings_is_not()
    {
        await using var quick = await SocketHost.StartAsync(null, "--WebSocket:HeartbeatSeconds=1");
        await using var silent = await RawSocket.OpenAsync(quick.BaseUrl, (await quick.UserAsync("user1")).AccessToken);
        await using var polite = await quick.ConnectAsync("user2");

        Assert.Null(await silent.ReadCloseCodeAsync());

        await Eventually.HoldsAsync("six heartbeats", () => polite.Events.Count(e => HubSocket.TypeOf(e) == "ping") >= 6);
        Assert.False(polite.IsOver);
    }

    [Fact]
    public async Task The_metric_counts_open_sockets()
    {
        await using var counted = await SocketHost.StartAsync(null);
        var first = await counted.ConnectAsync("user1");
        await using var second = await counted.ConnectAsync("user2");
        Assert.Equal(2, counted.Metric("websocket_connections_active"));

        await first.DisposeAsync();

        await Eventually.HoldsAsync("one socket left", () => counted.Metric("websocket_connections_active") == 1);
    }

    private Uri SocketAddress => new(host.BaseUrl.ToString().Replace("http", "ws", StringComparison.Ordinal) + "ws");

    private static async Task<ClientWebSocket> RawConnectAsync(SocketHost host, string userId)
    {
        var socket = new ClientWebSocket();
        var token = (await host.UserAsync(userId)).AccessToken;
        await socket.ConnectAsync(new Uri($"ws://{host.BaseUrl.Authority}/ws?token={token}"), CancellationToken.None);
        return socket;
    }

    private static async Task<int?> CloseCodeAsync(ClientWebSocket socket)
    {
        await ReceiveAsync(socket);
        return (int?)socket.CloseStatus;
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[4096];
        var received = await socket.ReceiveAsync(buffer, limit.Token);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }
}
