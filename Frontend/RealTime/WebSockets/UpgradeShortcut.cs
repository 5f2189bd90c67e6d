using System.Buffers;
using System.Net;
using System.Text;
using Chat4All.Frontend.Auth;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Chat4All.Frontend.RealTime.WebSockets;

/// <summary>
/// Answers WebSocket handshakes that are a connection's first request before the HTTP machinery exists for it: that would stay for as long as the socket and is more than half of the memory of an
/// idle one (12 KB instead of 5 measured). Whatever is not plainly such a handshake goes on to HTTP untouched, errors included.
/// </summary>
internal sealed class UpgradeShortcut(SocketDoor door, TokenValidator tokens, DemoAccounts demo, TimeProvider time)
{
    private const int MaxHead = 8 * 1024;

    /// <summary>A client that is slower than this is left to HTTP's own time limits.</summary>
    private static readonly TimeSpan HeadTime = TimeSpan.FromSeconds(5);

    /// <summary>Looks at new connections of a listener.</summary>
    public void Use(ListenOptions listener) => listener.Use(next => connection => OnConnectionAsync(connection, next));

    private async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var (isSocket, socket) = await TryOpenAsync(connection);
        if (socket is not null)
        {
            await door.RunAsync(socket);
        }
        else if (!isSocket)
        {
            await next(connection);
        }
    }

    /// <summary>False: it is not for us, and nothing has been read. True without a socket: refused.</summary>
    private async Task<(bool IsSocket, WebSocketConnection? Socket)> TryOpenAsync(ConnectionContext connection)
    {
        if (await PeekAsync(connection) is not { } head || head.ToRequest() is not { } request)
        {
            return (false, null);
        }

        Caller? caller;
        try
        {
            caller = request.Token.Length == 0 ? null : (await tokens.ValidateAsync(request.Token, connection.ConnectionClosed)).Caller;
        }
        catch (StoreUnavailableException)
        {
            // HTTP tries again and has an answer for it.
            return (false, null);
        }

        if (caller is { IsDemo: true } && (head.IsForwarded || !demo.IsAllowed((connection.RemoteEndPoint as IPEndPoint)?.Address)))
        {
            // Where such an account may be used is judged there, proxies considered.
            return (false, null);
        }

        await AcceptAsync(connection, head, request);
        return (true, await door.OpenAsync(connection.Transport, connection.Abort, caller, request.Since));
    }

    /// <summary>The head of the first request if it is one for us, left unread; else null.</summary>
    private async Task<HandshakeHead?> PeekAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        using var limit = new CancellationTokenSource(HeadTime, time);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(limit.Token);
                var found = HandshakeHead.TryRead(read.Buffer, MaxHead, out var head);
                if (found is not null || read.IsCompleted)
                {
                    input.AdvanceTo(read.Buffer.Start);
                    return found == true ? head : null;
                }

                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private static async Task AcceptAsync(ConnectionContext connection, HandshakeHead head, SocketRequest request)
    {
        var read = await connection.Transport.Input.ReadAsync();
        connection.Transport.Input.AdvanceTo(read.Buffer.GetPosition(head.Length));

        var answer = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ").Append(request.Accept);
        if (request.WantsBearerProtocol)
        {
            answer.Append("\r\nSec-WebSocket-Protocol: bearer");
        }

        answer.Append("\r\nX-Request-Id: ").Append(head.RequestId).Append("\r\ntraceparent: ").Append(head.TraceParent).Append("\r\n\r\n");
        await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(answer.ToString()));
    }
}
