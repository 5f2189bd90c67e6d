using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Chat4All.Frontend.Auth;

/// <summary>What a client gets for its credentials.</summary>
internal sealed record IssuedTokens(string AccessToken, int ExpiresIn, string RefreshToken, string Scope);

/// <summary>Makes access tokens (signed, short-lived) and refresh tokens (opaque), and stores their hashes before anyone sees them.</summary>
internal sealed class TokenIssuer(SigningKeys keys, ITokenStore store, AuthOptions options, TimeProvider time)
{
    /// <summary>One tenant a deployment.</summary>
    private const string Tenant = "default";

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>A pair for a sign-in.</summary>
    public Task<IssuedTokens> IssueAsync(string userId, Scopes scopes, CancellationToken cancellationToken) =>
        IssueAsync(userId, scopes, scopes, TokenHash.NewToken(), isNew: true, cancellationToken);

    /// <summary>An access token for a refresh token that stays valid.</summary>
    public Task<IssuedTokens> RenewAsync(string userId, Scopes scopes, string refreshToken, CancellationToken cancellationToken) =>
        IssueAsync(userId, scopes, scopes, refreshToken, isNew: false, cancellationToken);

    /// <summary>A pair in place of a used refresh token; <paramref name="granted"/> is what the new one may ask for later.</summary>
    public Task<IssuedTokens> RotateAsync(string userId, Scopes scopes, Scopes granted, CancellationToken cancellationToken) =>
        IssueAsync(userId, scopes, granted, TokenHash.NewToken(), isNew: true, cancellationToken);

    private async Task<IssuedTokens> IssueAsync(string userId, Scopes scopes, Scopes granted, string refreshToken, bool isNew, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var expires = now.AddMinutes(options.AccessTokenMinutes);
        var id = TokenHash.NewToken();
        var token = Sign(userId, scopes, id, now, expires);
        var refresh = isNew ? new RefreshTokenRecord(TokenHash.Of(refreshToken), userId, granted.Text(), now, now.AddDays(options.RefreshTokenDays)) : null;
        await store.SaveAsync(new AccessTokenRecord(TokenHash.Of(id), userId, scopes.Text(), now, expires), refresh, cancellationToken);
        return new IssuedTokens(token, options.AccessTokenMinutes * 60, refreshToken, scopes.Text());
    }

    private string Sign(string userId, Scopes scopes, string id, DateTimeOffset now, DateTimeOffset expires) =>
        _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = options.Issuer,
            Audience = options.Audience,
            IssuedAt = now.UtcDateTime,
            Expires = expires.UtcDateTime,
            SigningCredentials = keys.Current.Credentials,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["sub"] = userId,
                ["user_id"] = userId,
                ["tenant_id"] = Tenant,
                ["jti"] = id,
                ["scope"] = scopes.Text(),
            },
        });
}
