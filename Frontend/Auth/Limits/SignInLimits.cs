using System.Net;
using System.Net.Sockets;

namespace Chat4All.Frontend.Auth.Limits;

/// <summary>
/// Failed sign-ins a minute: few for one client from one address, more for one address. Never for a client alone, or anybody could lock it out.
/// Not switched off with the other limits.
/// </summary>
internal sealed class SignInLimits(AuthOptions options, TimeProvider time)
{
    private readonly MinuteWindows _clients = new(time);
    private readonly MinuteWindows _addresses = new(time);

    /// <summary>Counts an attempt as failed until <see cref="Succeeded"/> takes it back.</summary>
    public RateDecision TryBegin(string clientId, string address)
    {
        var client = _clients.TryTake(Key(clientId, address), 1, options.FailuresPerClient);
        if (!client.Allowed)
        {
            return client;
        }

        var all = _addresses.TryTake(address, 1, options.FailuresPerAddress);
        if (!all.Allowed)
        {
            _clients.Return(Key(clientId, address), 1);
        }

        return all;
    }

    /// <summary>The attempt was no failure.</summary>
    public void Succeeded(string clientId, string address)
    {
        _clients.Return(Key(clientId, address), 1);
        _addresses.Return(address, 1);
    }

    /// <summary>What stands for the client's address: IPv6 by /64, because one host has all of it.</summary>
    public static string AddressOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        if (address is null)
        {
            return "";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new IPAddress([.. address.GetAddressBytes().AsSpan(0, 8), 0, 0, 0, 0, 0, 0, 0, 0]).ToString()
            : address.ToString();
    }

    // An address holds no blank, so the first one ends it.
    private static string Key(string clientId, string address) => $"{address} {clientId}";
}
