using System.IO.Pipelines;
using Chat4All.Frontend.Auth;
using Chat4All.Grains.Ports;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Chat4All.Frontend.RealTime.WebSockets;

/// <summary><c>GET /ws</c> through the HTTP pipeline: for what <see cref="UpgradeShortcut"/> leaves alone, such as TLS, HTTP/2 and connections that served other requests before.</summary>
internal static class WebSocketEndpoint
{
    public const string Path = "/ws";

    public static async Task HandleAsync(HttpContext context, SocketDoor door, RequestAuthentication authentication)
    {
        // The query holds the token, and the request lives as long as the socket: nothing may keep it.
        if (await UpgradeAsync(context, door, authentication) is { } connection)
        {
            await door.RunAsync(connection);
        }
    }

    private static async Task<WebSocketConnection?> UpgradeAsync(HttpContext context, SocketDoor door, RequestAuthentication authentication)
    {
        string Header(string name) => context.Request.Headers[name].ToString();
        var query = context.Request.QueryString.Value ?? "";
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" } connect)
        {
            var asked = SocketRequest.FromExtendedConnect(query, Header);
            var known = await authentication.ValidateAsync(context, asked.Token);
            Confirm(context, asked);
            return await door.OpenAsync(new StreamPipes(await connect.AcceptAsync()), context.Abort, known.Caller, asked.Since);
        }

        if (SocketRequest.From(query, Header) is not { } request || context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
        {
            // Section 4.2.2: the version that would do.
            context.Response.Headers.Upgrade = "websocket";
            context.Response.Headers.SecWebSocketVersion = "13";
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return null;
        }

        var validation = await authentication.ValidateAsync(context, request.Token);
        Confirm(context, request);
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.Connection = "Upgrade";
        context.Response.Headers.SecWebSocketAccept = request.Accept;
        var stream = await upgrade.UpgradeAsync();

        // Beneath the stream lie the connection's own pipes, which need no buffer of ours.
        var pipe = context.Features.Get<IConnectionTransportFeature>()?.Transport ?? new StreamPipes(stream);
        return await door.OpenAsync(pipe, context.Abort, validation.Caller, request.Since);
    }

    private static void Confirm(HttpContext context, SocketRequest request)
    {
        if (request.WantsBearerProtocol)
        {
            context.Response.Headers.SecWebSocketProtocol = "bearer";
        }
    }

    /// <summary>A stream as pipes that hold no buffer while nothing comes.</summary>
    private sealed class StreamPipes(Stream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(useZeroByteReads: true, leaveOpen: true));

        public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
    }
}
