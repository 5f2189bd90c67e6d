using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Chat4All.Tests.RealTime;

/// <summary>A WebSocket that sends whatever bytes a test likes, and answers nothing by itself.</summary>
internal sealed class RawSocket : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly string[] Answers = ["connection.established", "ack", "error"];

    private readonly TcpClient _tcp = new();

    private NetworkStream? _stream;

    private NetworkStream Stream => _stream ??= _tcp.GetStream();

    /// <summary>Opens a socket at <c>/ws</c>.</summary>
    /// <param name="headers">Further headers, each with its line end.</param>
    /// <param name="receiveBuffer">The kernel's receive buffer in bytes; 0 for the default.</param>
    public static async Task<RawSocket> OpenAsync(Uri server, string accessToken, string headers = "", int receiveBuffer = 0)
    {
        var socket = new RawSocket();
        if (receiveBuffer > 0)
        {
            socket._tcp.ReceiveBufferSize = receiveBuffer;
        }

        await socket._tcp.ConnectAsync(server.Host, server.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET /ws?token={accessToken} HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{headers}"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append((char)(await socket.ReadAsync(1))[0]);
        }

        Assert.StartsWith("HTTP/1.1 101", head.ToString(), StringComparison.Ordinal);
        Assert.Contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", head.ToString(), StringComparison.Ordinal);
        return socket;
    }

    public async Task SendAsync(byte[] bytes) => await Stream.WriteAsync(bytes);

    /// <summary>No more will be sent.</summary>
    public void EndSending() => _tcp.Client.Shutdown(SocketShutdown.Send);

    /// <summary>The next text that is about this connection: <c>connection.established</c>, <c>ack</c> or <c>error</c>.</summary>
    public async Task<string> ReadAnswerAsync()
    {
        while (true)
        {
            var (opcode, payload) = await ReadFrameAsync();
            var text = Encoding.UTF8.GetString(payload);
            if (opcode == 1 && Answers.Any(type => text.StartsWith($"{{\"type\":\"{type}\"", StringComparison.Ordinal)))
            {
                return text;
            }
        }
    }

    /// <summary>The next frame: opcode and payload.</summary>
    public async Task<(int Opcode, byte[] Payload)> ReadFrameAsync()
    {
        var head = await ReadAsync(2);
        Assert.Equal(0x80, head[0] & 0xf0);
        var length = head[1] switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2)),
            127 => (int)BinaryPrimitives.ReadInt64BigEndian(await ReadAsync(8)),
            _ => head[1],
        };
        return (head[0] & 0x0f, await ReadAsync(length));
    }

    /// <summary>Reads to the end. Answers the close frame's code, or null when there was none.</summary>
    public async Task<int?> ReadCloseCodeAsync()
    {
        try
        {
            while (true)
            {
                var (opcode, payload) = await ReadFrameAsync();
                if (opcode == 8)
                {
                    return BinaryPrimitives.ReadUInt16BigEndian(payload);
                }
            }
        }
        catch (IOException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync()
    {
        _tcp.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<byte[]> ReadAsync(int count)
    {
        using var limit = new CancellationTokenSource(Limit);
        var bytes = new byte[count];
        await Stream.ReadExactlyAsync(bytes, limit.Token);
        return bytes;
    }
}
