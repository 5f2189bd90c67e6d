using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Chat4All.Frontend.Auth;

/// <summary>The claims of a token whose signature, issuer and audience are right.</summary>
/// <param name="TokenId">Hash of the <c>jti</c>.</param>
internal sealed record TokenClaims(string UserId, Scopes Scopes, string TokenId, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);

/// <summary>Checks signatures. Knows nothing of revocation; expiry is the caller's question, because a token may be revoked after its end.</summary>
internal sealed class TokenReader
{
    /// <summary>Longest token looked at, in characters.</summary>
    private const int MaxLength = 4096;

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxLength };
    private readonly TokenValidationParameters _parameters;

    public TokenReader(SigningKeys keys, AuthOptions options) =>
        _parameters = new TokenValidationParameters
        {
            ValidIssuer = options.Issuer,
            ValidAudience = options.Audience,
            ValidateLifetime = false,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            TryAllIssuerSigningKeys = false,
            // The key decides the algorithm, never the token.
            AlgorithmValidator = static (algorithm, key, _, _) => algorithm == key switch
            {
                ECDsaSecurityKey => SecurityAlgorithms.EcdsaSha256,
                RsaSecurityKey => SecurityAlgorithms.RsaSha256,
                _ => SecurityAlgorithms.HmacSha256,
            },
            IssuerSigningKeyResolver = (_, _, kid, _) => keys.Find(kid) is { } key ? [key] : [],
        };

    /// <summary>The claims, or null when the token is not one of ours.</summary>
    public async ValueTask<TokenClaims?> ReadAsync(string token)
    {
        if (token.Length is 0 or > MaxLength)
        {
            return null;
        }

        var result = await _handler.ValidateTokenAsync(token, _parameters);
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt || jwt.Id is not { Length: > 0 } id || jwt.Subject is not { Length: > 0 } userId)
        {
            return null;
        }

        var scopes = jwt.TryGetPayloadValue<string>("scope", out var text) ? ScopeNames.ParseStored(text) : Scopes.None;
        return new TokenClaims(userId, scopes, TokenHash.Of(id), jwt.IssuedAt, jwt.ValidTo);
    }
}
