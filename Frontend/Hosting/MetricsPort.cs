using System.Net;
using System.Net.Sockets;

namespace Chat4All.Frontend.Hosting;

/// <summary>The second listener of <see cref="ServerOptions.MetricsPort"/>. A port that something else has, Prometheus on its own 9090 say, costs this listener and not the hub.</summary>
internal sealed record MetricsPort
{
    /// <summary>What was asked for; null for none.</summary>
    public string? Url { get; private init; }

    /// <summary>Where it listens; 0 when it does not.</summary>
    public int Number { get; private init; }

    /// <summary>Whether it was asked for and cannot be had.</summary>
    public bool IsTaken => Url is not null && Number == 0;

    /// <summary>Looks whether the port is free, just before the server takes it.</summary>
    /// <param name="urls">The API's own listeners.</param>
    public static MetricsPort Find(ServerOptions server, IEnumerable<string> urls)
    {
        if (server.MetricsPort is not { } port)
        {
            return new MetricsPort();
        }

        var isFree = !urls.Any(url => BindingAddress.Parse(url).Port == port) && IsFree(server.MetricsHost, port);
        return new MetricsPort { Url = $"http://{server.MetricsHost}:{port}", Number = isFree ? port : 0 };
    }

    private static bool IsFree(string host, int port)
    {
        // A name may stand for several addresses: whoever has any of them answers there.
        var address = IPAddress.TryParse(host, out var given) ? given : host == "localhost" ? IPAddress.Loopback : IPAddress.Any;
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
