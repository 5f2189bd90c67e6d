using System.Net;
using System.Net.Sockets;

namespace Chat4All.Infrastructure.Connectors.Http;

/// <summary>
/// HTTP to hosts that others named: addresses are looked up and checked at the moment of connecting, so that a name cannot change its mind in between; redirects are not
/// followed; no proxy, no cookies, no trace headers and no spans of its own, because a URL may hold a token.
/// </summary>
public static class GuardedHandler
{
    /// <param name="allowPrivate">Switches the check of addresses off: for tests, and for gateways in one's own network.</param>
    /// <param name="maxConnections">Most connections to one host.</param>
    public static SocketsHttpHandler Create(bool allowPrivate, int maxConnections = 64) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),

        // Shorter than what servers use, so that a request rarely meets a connection that is just being closed.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
        MaxConnectionsPerServer = maxConnections,
        MaxResponseHeadersLength = 32,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, allowPrivate, cancellationToken),
    };

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint host, bool allowPrivate, CancellationToken cancellationToken)
    {
        var addresses = allowPrivate
            ? await Dns.GetHostAddressesAsync(host.Host, cancellationToken)
            : await AddressRules.ResolveAsync(host.Host, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, host.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
