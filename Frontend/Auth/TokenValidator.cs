using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Auth;

/// <summary>Why a token was refused.</summary>
internal enum TokenFailure
{
    None,

    /// <summary>Not signed by us, or not a token at all.</summary>
    Invalid,

    Expired,

    /// <summary>Revoked, or its user was disabled or deleted.</summary>
    Revoked,
}

/// <summary>The outcome of a validation: a caller, or a failure.</summary>
internal readonly record struct TokenValidation(Caller? Caller, TokenFailure Failure)
{
    public static TokenValidation Failed(TokenFailure failure) => new(null, failure);
}

/// <summary>Turns an access token into a <see cref="Caller"/>: signature, expiry to the second, revocation, and whether the user may still act.</summary>
internal sealed class TokenValidator(TokenCache cache, TokenReader reader, ITokenStore tokens, IUserStore users, DemoAccounts demo, TimeProvider time)
{
    /// <summary>The caller behind a token that was validated before; no I/O, no allocation.</summary>
    public bool TryGetCached(ReadOnlySpan<char> token, out Caller caller) => cache.TryGet(token, out caller);

    /// <summary>Validates a token. Throws <see cref="StoreUnavailableException"/> when it cannot be looked up.</summary>
    public async ValueTask<TokenValidation> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (cache.TryGet(token, out var known))
        {
            return new TokenValidation(known, TokenFailure.None);
        }

        var generation = cache.Generation;
        if (await reader.ReadAsync(token) is not { } claims)
        {
            return TokenValidation.Failed(TokenFailure.Invalid);
        }

        if (time.GetUtcNow() >= claims.ExpiresAt)
        {
            return TokenValidation.Failed(TokenFailure.Expired);
        }

        // A token without a row was never handed out by this deployment, whoever holds the key.
        if (await tokens.FindAccessTokenAsync(claims.TokenId, cancellationToken) is not { RevokedAt: null })
        {
            return TokenValidation.Failed(TokenFailure.Revoked);
        }

        if (await users.FindAsync(claims.UserId, cancellationToken) is not { IsActive: true } user)
        {
            return TokenValidation.Failed(TokenFailure.Revoked);
        }

        var caller = new Caller(user.UserId, user.Username, user.Name, claims.Scopes & ScopeNames.ParseStored(user.Scopes), claims.TokenId, claims.ExpiresAt)
        {
            IsDemo = await demo.IsDemoAsync(user.UserId, cancellationToken),
        };
        cache.Add(token, caller, generation);
        return new TokenValidation(caller, TokenFailure.None);
    }
}
