using System.Net.WebSockets;
using System.Threading.Channels;

namespace Chat4All.Tests.LoadTests;

/// <summary>A listening socket of the <see cref="StubHub"/>.</summary>
internal sealed class StubSocket(WebSocket socket)
{
    private readonly Channel<byte[]> _frames = Channel.CreateUnbounded<byte[]>();

    public void Send(byte[] frame) => _frames.Writer.TryWrite(frame);

    public void Stop() => _frames.Writer.TryComplete();

    public async Task WriteAsync()
    {
        try
        {
            await foreach (var frame in _frames.Reader.ReadAllAsync())
            {
                await socket.SendAsync(frame, WebSocketMessageType.Text, true, CancellationToken.None);
            }
        }
        catch (WebSocketException)
        {
            // The client is gone; nobody awaits the rest.
        }
    }
}
