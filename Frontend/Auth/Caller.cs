using System.Security.Claims;

namespace Chat4All.Frontend.Auth;

/// <summary>Who makes a request, from a validated access token. Shared by all requests with the same token.</summary>
/// <param name="UserId">The user's id.</param>
/// <param name="Username">The user's unique name.</param>
/// <param name="Name">What live events call the user.</param>
/// <param name="Scopes">What the token allows.</param>
/// <param name="TokenId">SHA-256 of the token's <c>jti</c> in hex, as stored and as <see cref="Revocations"/> names it.</param>
/// <param name="ExpiresAt">When the token ends, UTC.</param>
internal sealed record Caller(string UserId, string Username, string Name, Scopes Scopes, string TokenId, DateTimeOffset ExpiresAt)
{
    /// <summary>Whether this is one of the published demo accounts, which work from loopback only.</summary>
    public bool IsDemo { get; init; }

    /// <summary>The caller in the form that SignalR asks for.</summary>
    public ClaimsPrincipal ToPrincipal() =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, UserId), new Claim(ClaimTypes.Name, Name), new Claim("scope", Scopes.Text())], "Bearer"));
}
