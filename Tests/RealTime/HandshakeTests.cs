using System.Buffers;
using System.Text;
using Chat4All.Frontend.RealTime.WebSockets;

namespace Chat4All.Tests.RealTime;

public sealed class HandshakeTests
{
    private const string Handshake =
        "GET /ws?token=a.b.c&since=2026-01-02T03:04:05%2B01:00 HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    public static TheoryData<string, string> NotOurs => new()
    {
        { "another path", Handshake.Replace("/ws?", "/wsx?") },
        { "another method", Handshake.Replace("GET", "POST") },
        { "another version of HTTP", Handshake.Replace("HTTP/1.1", "HTTP/1.0") },
        { "HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
        { "TLS", "\u0016\u0003\u0001\u0002\u0000\u0001" },
        { "a body", Handshake.Replace("Host: h", "Host: h\r\nContent-Length: 3") },
        { "no host", Handshake.Replace("Host: h\r\n", "") },
        { "a header twice", Handshake.Replace("Host: h", "Host: h\r\nHost: i") },
        { "a header that goes on", Handshake.Replace("Host: h", "Host: h\r\n i") },
        { "a blank before the colon", Handshake.Replace("Host:", "Host :") },
        { "a control character", Handshake.Replace("Host: h", "Host: h\u0001") },
        { "a target with a blank", Handshake.Replace("a.b.c", "a b") },
        { "too long", Handshake.Replace("a.b.c", new string('a', 9000)) },
    };

    [Fact]
    public void A_handshake_is_read_with_token_and_time()
    {
        Assert.True(Read(Handshake, out var head));
        var request = head!.ToRequest()!;

        Assert.Equal(Handshake.Length, head.Length);
        Assert.Equal("a.b.c", request.Token);
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 2, 4, 5, TimeSpan.Zero), request.Since);
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", request.Accept);
        Assert.False(request.WantsBearerProtocol);
    }

    [Fact]
    public void Every_part_of_a_handshake_asks_for_more()
    {
        for (var length = 0; length < Handshake.Length; length++)
        {
            Assert.Null(Read(Handshake[..length], out _));
        }
    }

    [Theory]
    [MemberData(nameof(NotOurs))]
    public void Anything_unusual_is_left_to_http(string what, string head) => Assert.True(Read(head, out _) == false, what);

    [Theory]
    [InlineData("Authorization: Bearer x.y.z", false)]
    [InlineData("Sec-WebSocket-Protocol: bearer, x.y.z", true)]
    public void The_token_may_come_in_a_header(string header, bool bearer)
    {
        Assert.True(Read(Handshake.Replace("?token=a.b.c&since=2026-01-02T03:04:05%2B01:00", "").Replace("Host: h", "Host: h\r\n" + header), out var head));
        var request = head!.ToRequest()!;

        Assert.Equal(("x.y.z", bearer), (request.Token, request.WantsBearerProtocol));
        Assert.Null(request.Since);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8")]
    [InlineData("Upgrade: WebSocket", "Upgrade: h2c")]
    [InlineData("keep-alive, Upgrade", "keep-alive")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j")]
    public void Something_else_than_a_handshake_is_no_request(string part, string instead)
    {
        Assert.True(Read(Handshake.Replace(part, instead), out var head));
        Assert.Null(head!.ToRequest());
    }

    [Fact]
    public void The_response_continues_the_clients_trace()
    {
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        Assert.True(Read(Handshake.Replace("Host: h", $"Host: h\r\ntraceparent: 00-{Trace}-00f067aa0ba902b7-01\r\nX-Request-Id: mine"), out var head));

        Assert.Equal("mine", head!.RequestId);
        Assert.StartsWith($"00-{Trace}-", head.TraceParent, StringComparison.Ordinal);
        Assert.DoesNotContain("00f067aa0ba902b7", head.TraceParent, StringComparison.Ordinal);
    }

    private static bool? Read(string text, out HandshakeHead? head) =>
        HandshakeHead.TryRead(new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(text)), 8192, out head);
}
