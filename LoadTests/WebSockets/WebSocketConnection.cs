using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using Chat4All.LoadTests.Http;
using Chat4All.LoadTests.Sockets;

namespace Chat4All.LoadTests.WebSockets;

/// <summary>A WebSocket that only listens: it answers pings, and hands text frames on without looking into them.</summary>
internal sealed class WebSocketConnection : Connection
{
    // The nonce and its answer are the example of RFC 6455 section 1.3: the handshake is checked, at no cost.
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    private const string Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private readonly IFrameSink _sink;
    private bool _upgraded;

    public WebSocketConnection(EventLoop loop, EndPoint address, Uri server, string token, IFrameSink sink) : base(loop, address)
    {
        _sink = sink;
        Write(Encoding.ASCII.GetBytes(
            $"GET /ws HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nAuthorization: Bearer {token}\r\n" +
            $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Key}\r\n\r\n"));
    }

    /// <summary>Message events received so far, counted by whoever listens.</summary>
    public int Messages { get; set; }

    /// <summary>Whether the server's first event has come, noted by whoever listens.</summary>
    public bool IsGreeted { get; set; }

    protected override int Consume(ReadOnlySpan<byte> received, long now)
    {
        var consumed = 0;
        if (!_upgraded)
        {
            if (!HttpResponse.TryRead(received, out var response))
            {
                return 0;
            }

            if (response.Status != 101 || received[..response.HeadLength].IndexOf(Encoding.ASCII.GetBytes(Accept)) < 0)
            {
                Close("handshake refused: " + response.Status.ToString(CultureInfo.InvariantCulture));
                return 0;
            }

            _upgraded = true;
            consumed = response.TotalLength;
            _sink.OnOpened(this);
        }

        while (IsOpen && FrameHeader.TryRead(received[consumed..], out var header) &&
               received.Length - consumed >= header.HeaderLength + header.PayloadLength)
        {
            Handle(header, received.Slice(consumed + header.HeaderLength, header.PayloadLength), now);
            consumed += header.HeaderLength + header.PayloadLength;
        }

        return consumed;
    }

    protected override void OnClosed(string reason) => _sink.OnClosed(this, reason);

    private void Handle(FrameHeader header, ReadOnlySpan<byte> payload, long now)
    {
        switch (header.Opcode)
        {
            case FrameHeader.Text:
                _sink.OnText(this, payload, now);
                break;
            case FrameHeader.Ping:
                Span<byte> pong = stackalloc byte[131];
                Write(pong[..FrameHeader.WriteControl(pong, FrameHeader.Pong, payload)]);
                break;
            case FrameHeader.Close:
                var code = payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : 1005;
                Close("closed with " + code.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                break;
        }
    }
}
