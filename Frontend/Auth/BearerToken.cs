using Microsoft.Extensions.Primitives;

namespace Chat4All.Frontend.Auth;

/// <summary>Where a request carries its access token.</summary>
internal static class BearerToken
{
    private const string Scheme = "Bearer ";

    /// <summary>The token in the <c>Authorization</c> header; empty when there is none.</summary>
    public static ReadOnlySpan<char> InHeader(HttpContext context)
    {
        var header = context.Request.Headers.Authorization;
        return header.Count == 1 && header[0] is { } value && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? value.AsSpan(Scheme.Length).Trim()
            : [];
    }

    /// <summary>The token in the query parameter <paramref name="name"/>; null when there is none.</summary>
    public static string? InQuery(HttpContext context, string name) =>
        context.Request.Query.TryGetValue(name, out StringValues values) && values is [{ Length: > 0 } token] ? token : null;

    /// <summary>The token behind <c>bearer</c> in the list of subprotocols of a WebSocket; null when there is none.</summary>
    public static string? InSubprotocols(HttpContext context)
    {
        var offered = context.WebSockets.WebSocketRequestedProtocols;
        for (var i = 0; i + 1 < offered.Count; i++)
        {
            if (offered[i].Equals("bearer", StringComparison.OrdinalIgnoreCase))
            {
                return offered[i + 1];
            }
        }

        return null;
    }
}
