using System.Text;
using Chat4All.Frontend.RealTime.WebSockets;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.RealTime;

[Trait("Category", "Integration")]
public sealed class HostileFramesTests(SocketHost host) : IClassFixture<SocketHost>
{
    private const string Ask = """{"type":"resume","ref":"ask","data":{"conversations":{}}}""";

    public static TheoryData<string, byte[], int> Violations => new()
    {
        { "mask bit missing", [0x81, 0x02, .. "{}"u8], 1002 },
        { "reserved bit", [0xc1, 0x82, 0, 0, 0, 0, .. "{}"u8], 1002 },
        { "reserved opcode", [0x87, 0x80, 0, 0, 0, 0], 1002 },
        { "long ping", ClientFrameBytes.Of(Opcode.Ping, new byte[126]), 1002 },
        { "ping in fragments", ClientFrameBytes.Of(Opcode.Ping, [], final: false), 1002 },
        { "continuation of nothing", ClientFrameBytes.Of(Opcode.Continuation, [0x20]), 1002 },
        { "new message inside a message", [.. ClientFrameBytes.Of(Opcode.Text, [0x7b], final: false), .. ClientFrameBytes.Text("{}")], 1002 },
        { "binary message", ClientFrameBytes.Of(Opcode.Binary, [1, 2, 3]), 1003 },
        { "text that is no UTF-8", ClientFrameBytes.Text([0x7b, 0xff, 0x7d]), 1007 },
        { "character cut by the end", [.. ClientFrameBytes.Of(Opcode.Text, [0xc3], final: false), .. ClientFrameBytes.Of(Opcode.Continuation, [])], 1007 },
        { "surrogate in UTF-8", ClientFrameBytes.Text([0xed, 0xa0, 0x80]), 1007 },
        { "announced 1 GiB", [0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4], 1009 },
        { "fragments that add up to too much", [.. ClientFrameBytes.Of(Opcode.Text, new byte[200_000], final: false), .. ClientFrameBytes.Of(Opcode.Continuation, new byte[100_000])], 1009 },
        { "close with one byte", ClientFrameBytes.Of(Opcode.Close, [3]), 1002 },
        { "close with a code that is never sent", ClientFrameBytes.Close(1006), 1002 },
        { "close with a code of nobody", ClientFrameBytes.Close(999), 1002 },
        { "close with a reason that is no UTF-8", ClientFrameBytes.Of(Opcode.Close, [0x03, 0xe8, 0xff]), 1007 },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task A_violation_is_closed_with_its_code(string what, byte[] bytes, int code)
    {
        await using var socket = await RawSocket.OpenAsync(host.BaseUrl, (await host.UserAsync("user1")).AccessToken);

        await socket.SendAsync(bytes);

        Assert.True(await socket.ReadCloseCodeAsync() == code, what);
    }

    [Fact]
    public async Task A_message_may_come_byte_by_byte_and_in_fragments_with_a_ping_between()
    {
        await using var socket = await RawSocket.OpenAsync(host.BaseUrl, (await host.UserAsync("user2")).AccessToken);
        await socket.ReadAnswerAsync();
        var text = Encoding.UTF8.GetBytes(Ask);
        byte[] bytes =
        [
            .. ClientFrameBytes.Of(Opcode.Text, text[..10], final: false),
            .. ClientFrameBytes.Of(Opcode.Ping, "are you there"u8.ToArray()),
            .. ClientFrameBytes.Of(Opcode.Continuation, [], final: false),
            .. ClientFrameBytes.Of(Opcode.Continuation, text[10..]),
        ];

        foreach (var one in bytes)
        {
            await socket.SendAsync([one]);
        }

        // Events of other sockets, presence among them, may come in between.
        var (opcode, pong) = await socket.ReadFrameAsync();
        while (opcode == (int)Opcode.Text)
        {
            (opcode, pong) = await socket.ReadFrameAsync();
        }

        Assert.Equal((10, "are you there"), (opcode, Encoding.UTF8.GetString(pong)));
        Assert.Contains("\"ack\"", await socket.ReadAnswerAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_largest_message_allowed_is_read_and_refused_only_for_what_it_says()
    {
        await using var socket = await RawSocket.OpenAsync(host.BaseUrl, (await host.UserAsync("user3")).AccessToken);
        await socket.ReadAnswerAsync();

        await socket.SendAsync(ClientFrameBytes.Text("{\"type\":\"x\",\"data\":\"" + new string('a', (256 * 1024) - 22) + "\"}"));

        Assert.Contains("validation_failed", await socket.ReadAnswerAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_vanishes_within_a_frame_leaves_nothing_behind()
    {
        await using var counted = await SocketHost.StartAsync(null);
        await using (var socket = await RawSocket.OpenAsync(counted.BaseUrl, (await counted.UserAsync("user1")).AccessToken))
        {
            await socket.ReadAnswerAsync();
            await socket.SendAsync([0x81, 0xfe, 0x10]);
            socket.EndSending();
            Assert.Null(await socket.ReadCloseCodeAsync());
        }

        await Eventually.HoldsAsync("no socket", () => counted.Metric("websocket_connections_active") == 0);
    }

    [Theory]
    [InlineData("", "malformed_json")]
    [InlineData("[]", "malformed_json")]
    [InlineData("""{"type":"send","data":""", "malformed_json")]
    [InlineData("""{"type":"\ud800","ref":1}""", "malformed_json")]
    [InlineData("{}", "validation_failed")]
    [InlineData("""{"type":"nope"}""", "validation_failed")]
    [InlineData("""{"type":"send"}""", "validation_failed")]
    [InlineData("""{"type":"send","data":[]}""", "validation_failed")]
    [InlineData("""{"type":"send","data":{"conversation_id":"conv-test","channels":["chat4all"],"content":"\u0000"}}""", "validation_failed")]
    [InlineData("""{"type":"read","data":{"conversation_id":"\ud800"}}""", "validation_failed")]
    [InlineData("""{"type":"resume"}""", "validation_failed")]
    [InlineData("""{"type":"auth"}""", "validation_failed")]
    [InlineData("""{"type":"auth","data":{}}""", "invalid_token")]
    public async Task Text_that_makes_no_sense_is_answered_and_the_socket_lives_on(string text, string code)
    {
        await using var socket = await RawSocket.OpenAsync(host.BaseUrl, (await host.UserAsync("user1")).AccessToken);
        await socket.ReadAnswerAsync();

        await socket.SendAsync(ClientFrameBytes.Text(text));
        Assert.Contains($"\"code\":\"{code}\"", await socket.ReadAnswerAsync(), StringComparison.Ordinal);

        await socket.SendAsync(ClientFrameBytes.Text(Ask));
        Assert.Contains("\"ack\"", await socket.ReadAnswerAsync(), StringComparison.Ordinal);
    }
}
