using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Chat4All.Frontend.RealTime.WebSockets;

/// <summary>What a client asks for when it opens a socket.</summary>
/// <param name="Key">Its <c>Sec-WebSocket-Key</c>.</param>
/// <param name="Token">Empty when there is none.</param>
/// <param name="Since">Replay what is newer; null for nothing.</param>
/// <param name="WantsBearerProtocol">The token came as a subprotocol, and <c>bearer</c> is to be confirmed.</param>
internal sealed record SocketRequest(string Key, string Token, DateTimeOffset? Since, bool WantsBearerProtocol)
{
    private const string BearerProtocol = "bearer";

    /// <summary>Section 1.3's fixed text.</summary>
    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>The value of <c>Sec-WebSocket-Accept</c>.</summary>
    public string Accept
    {
        get
        {
            Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6455 demands SHA-1; nothing is kept secret by it.
            SHA1.HashData(Encoding.ASCII.GetBytes(Key + KeySuffix), hash);
#pragma warning restore CA5350
            return Convert.ToBase64String(hash);
        }
    }

    /// <summary>Puts a request together; null when it is no WebSocket handshake of version 13.</summary>
    /// <param name="query">The query string with its question mark, or empty.</param>
    /// <param name="header">The value of a header, empty when absent.</param>
    public static SocketRequest? From(string query, Func<string, string> header)
    {
        var key = header("Sec-WebSocket-Key");
        if (!HasToken(header("Connection"), "upgrade") || !HasToken(header("Upgrade"), "websocket") || header("Sec-WebSocket-Version") != "13" || !IsKey(key))
        {
            return null;
        }

        return Read(query, header, key);
    }

    /// <summary>As <see cref="From"/>, for HTTP/2, whose handshake (RFC 8441) has no key.</summary>
    public static SocketRequest FromExtendedConnect(string query, Func<string, string> header) => Read(query, header, "");

    private static SocketRequest Read(string query, Func<string, string> header, string key)
    {
        string? token = null;
        DateTimeOffset? since = null;
        foreach (var parameter in new QueryStringEnumerable(query))
        {
            if (parameter.EncodedName.Span is "token" && token is null)
            {
                token = parameter.DecodeValue().ToString();
            }
            else if (parameter.EncodedName.Span is "since")
            {
                since = ParseTime(parameter.DecodeValue().ToString());
            }
        }

        const string Scheme = "Bearer ";
        var authorization = header("Authorization");
        if (string.IsNullOrEmpty(token) && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            token = authorization[Scheme.Length..].Trim();
        }

        var protocols = header("Sec-WebSocket-Protocol").Split(',', StringSplitOptions.TrimEntries);
        var bearer = Array.FindIndex(protocols, static protocol => protocol.Equals(BearerProtocol, StringComparison.OrdinalIgnoreCase));
        if (string.IsNullOrEmpty(token) && bearer >= 0 && bearer + 1 < protocols.Length)
        {
            token = protocols[bearer + 1];
        }

        return new SocketRequest(key, token ?? "", since, bearer >= 0);
    }

    // A plus sign that was not escaped has become a blank by now.
    private static DateTimeOffset? ParseTime(string text) =>
        DateTimeOffset.TryParse(text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUniversalTime() : null;

    private static bool HasToken(string list, string token) =>
        list.Split(',', StringSplitOptions.TrimEntries).Any(item => item.Equals(token, StringComparison.OrdinalIgnoreCase));

    private static bool IsKey(string key)
    {
        Span<byte> nonce = stackalloc byte[18];
        return key.Length == 24 && Convert.TryFromBase64String(key, nonce, out var length) && length == 16;
    }
}
