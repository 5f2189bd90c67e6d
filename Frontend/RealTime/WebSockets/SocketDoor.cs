using System.IO.Pipelines;
using Chat4All.Frontend.Auth;
using Chat4All.Frontend.RealTime.Protocol;
using Chat4All.Frontend.RealTime.Routing;

namespace Chat4All.Frontend.RealTime.WebSockets;

/// <summary>Lets sockets in, after either way of upgrading, and runs them.</summary>
internal sealed class SocketDoor(Sessions sessions, ClientFrames frames, RealTimeOptions options, RealTimeMetrics metrics, TimeProvider time)
{
    /// <summary>How long a refused client may take to read why.</summary>
    private static readonly TimeSpan RefusalTime = TimeSpan.FromSeconds(2);

    private static readonly Caller Nobody = new("", "", "", Scopes.None, "", DateTimeOffset.MinValue);

    /// <summary>Opens a socket on an upgraded connection. Null: it was refused and has been told.</summary>
    /// <param name="caller">Null when the token is not valid; one that may not read is none for a socket, which gets every event.</param>
    /// <param name="abort">Cuts the connection.</param>
    public async Task<WebSocketConnection?> OpenAsync(IDuplexPipe pipe, Action abort, Caller? caller, DateTimeOffset? since)
    {
        var connection = new WebSocketConnection(pipe, abort, caller ?? Nobody, frames, options, metrics, time);
        var refused = caller?.Scopes.HasFlag(Scopes.Read) != true ? CloseCode.Unauthorized : await sessions.OpenAsync(connection);
        if (refused is { } code)
        {
            await RefuseAsync(connection, code);
            return null;
        }

        if (since is { } from)
        {
            frames.ResumeSince(connection, from);
        }

        return connection;
    }

    /// <summary>Serves an open socket until it is over.</summary>
    public async Task RunAsync(WebSocketConnection connection)
    {
        try
        {
            await connection.RunAsync();
        }
        finally
        {
            sessions.End(connection);
        }
    }

    private async Task RefuseAsync(WebSocketConnection connection, CloseCode code)
    {
        connection.Close(code);
        var running = connection.RunAsync();
        await running.WaitAsync(RefusalTime, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!running.IsCompleted)
        {
            connection.Abort();
            await running;
        }
    }
}
