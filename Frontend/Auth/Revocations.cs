namespace Chat4All.Frontend.Auth;

/// <summary>Something whose sockets are to be closed: one token, or all of a user's.</summary>
/// <param name="TokenId">As in <see cref="Caller.TokenId"/>; null when it is about a user.</param>
/// <param name="UserId">Null when it is about one token.</param>
internal readonly record struct Revocation(string? TokenId, string? UserId)
{
    /// <summary>Whether it ends what the caller has open.</summary>
    public bool Concerns(Caller caller) => TokenId is null ? caller.UserId == UserId : caller.TokenId == TokenId;
}

/// <summary>Where this node hears of revocations, its own at once and other nodes' from <see cref="RevocationPoller"/>.</summary>
internal sealed class Revocations(TokenCache cache)
{
    /// <summary>Raised after the token can no longer be used here, on the thread that found out; handlers must return at once.</summary>
    public event Action<Revocation>? Revoked;

    /// <summary>A token was revoked in the store.</summary>
    public void RevokeToken(string tokenId)
    {
        cache.EvictToken(tokenId);
        Revoked?.Invoke(new Revocation(tokenId, null));
    }

    /// <summary>All tokens of a user were revoked in the store.</summary>
    public void RevokeUser(string userId)
    {
        cache.EvictUser(userId);
        Revoked?.Invoke(new Revocation(null, userId));
    }

    /// <summary>A user's profile changed: cached tokens pick it up, sockets stay.</summary>
    public void ProfileChanged(string userId) => cache.EvictUser(userId);
}
