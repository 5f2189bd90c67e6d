using System.Net;
using System.Net.Sockets;

namespace Chat4All.Tests.Hosting;

/// <summary>Loopback ports for servers that must keep theirs over a restart.</summary>
internal static class FreePort
{
    /// <summary>A port that nobody listens on now. It lies below the ephemeral range, so that no outgoing connection takes it while its server is down.</summary>
    public static int Next()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var port = Random.Shared.Next(12_000, 32_000);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException("No free loopback port between 12000 and 32000.");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
