using System.Net;
using System.Net.Sockets;

namespace Chat4All.Infrastructure.Connectors.Http;

/// <summary>Which addresses a stranger may make this process talk to: those of hosts that anybody can reach, and no others.</summary>
public static class AddressRules
{
    /// <summary>IANA's special-purpose registry: https://www.iana.org/assignments/iana-ipv4-special-registry.</summary>
    private static readonly IPNetwork[] SpecialV4 =
    [
        IPNetwork.Parse("0.0.0.0/8"),       // this network
        IPNetwork.Parse("10.0.0.0/8"),      // private
        IPNetwork.Parse("100.64.0.0/10"),   // carrier-grade NAT
        IPNetwork.Parse("127.0.0.0/8"),     // loopback
        IPNetwork.Parse("169.254.0.0/16"),  // link-local, cloud metadata
        IPNetwork.Parse("172.16.0.0/12"),   // private
        IPNetwork.Parse("192.0.0.0/24"),    // protocol assignments
        IPNetwork.Parse("192.0.2.0/24"),    // documentation
        IPNetwork.Parse("192.88.99.0/24"),  // 6to4 relays
        IPNetwork.Parse("192.168.0.0/16"),  // private
        IPNetwork.Parse("198.18.0.0/15"),   // benchmarks
        IPNetwork.Parse("198.51.100.0/24"), // documentation
        IPNetwork.Parse("203.0.113.0/24"),  // documentation
        IPNetwork.Parse("224.0.0.0/3"),     // multicast, reserved, broadcast
    ];

    /// <summary>All that is given out to hosts. Loopback, link-local, unique local, multicast and mapped addresses lie outside.</summary>
    private static readonly IPNetwork GlobalV6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] SpecialV6 =
    [
        IPNetwork.Parse("2001::/23"),       // protocol assignments, Teredo and ORCHID among them
        IPNetwork.Parse("2001:db8::/32"),   // documentation
        IPNetwork.Parse("2002::/16"),       // 6to4, which carries any IPv4 address
        IPNetwork.Parse("3fff::/20"),       // documentation
    ];

    /// <summary>Networks without IPv4 reach IPv4 hosts through this prefix (RFC 6052); the last 32 bits are the address meant.</summary>
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Whether the address is that of a host on the public internet.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return !Array.Exists(SpecialV4, network => network.Contains(address));
        }

        // A mapped address is never found in the DNS of a public host, and IPNetwork takes it for the IPv4 address that it maps.
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.ScopeId != 0 || address.IsIPv4MappedToIPv6)
        {
            return false;
        }

        return Nat64.Contains(address)
            ? IsPublic(new IPAddress(address.GetAddressBytes()[12..]))
            : GlobalV6.Contains(address) && !Array.Exists(SpecialV6, network => network.Contains(address));
    }

    /// <summary>
    /// The addresses of a host, literal or by name. Throws <see cref="AddressRefusedException"/> when one of them is not public, <see cref="SocketException"/> when there is no
    /// such host.
    /// </summary>
    public static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = IPAddress.TryParse(host.AsSpan().Trim("[]"), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        return Array.TrueForAll(addresses, IsPublic) ? addresses : throw new AddressRefusedException();
    }
}

/// <summary>A host has an address that only this machine or its network can reach.</summary>
public sealed class AddressRefusedException() : IOException("The host has an address that is not public.");
