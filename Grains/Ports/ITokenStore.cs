namespace Chat4All.Grains.Ports;

/// <summary>Hashes of issued tokens; the tokens themselves are never stored. Throws <see cref="StoreUnavailableException"/>.</summary>
public interface ITokenStore
{
    /// <summary>Stores an issued pair in one transaction; the refresh token is null when an existing one stays valid.</summary>
    Task SaveAsync(AccessTokenRecord access, RefreshTokenRecord? refresh, CancellationToken cancellationToken);

    /// <summary>The refresh token with this hash, used or not, revoked or not; null when unknown.</summary>
    Task<RefreshTokenRecord?> FindRefreshTokenAsync(string tokenHash, CancellationToken cancellationToken);

    /// <summary>Notes that a refresh token was used.</summary>
    Task TouchRefreshTokenAsync(string tokenHash, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Revokes a refresh token. False when unknown or revoked before.</summary>
    Task<bool> RevokeRefreshTokenAsync(string tokenHash, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Revokes an access token by the hash of its <c>jti</c>. False when unknown or revoked before.</summary>
    Task<bool> RevokeAccessTokenAsync(string tokenHash, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Revokes every token of a user.</summary>
    Task RevokeAllAsync(string userId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The access token with this hash; null when unknown.</summary>
    Task<AccessTokenRecord?> FindAccessTokenAsync(string tokenHash, CancellationToken cancellationToken);

    /// <summary>Hashes of access tokens revoked at or after <paramref name="since"/> and not yet expired at that time; for other nodes' caches.</summary>
    Task<IReadOnlyList<string>> ListRevokedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Deletes tokens that expired before <paramref name="before"/>; answers how many.</summary>
    Task<int> DeleteExpiredAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}

/// <summary>A row of <c>access_tokens</c>.</summary>
/// <param name="TokenHash">SHA-256 of the <c>jti</c> claim, 64 hex digits.</param>
public sealed record AccessTokenRecord(string TokenHash, string UserId, string Scope, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt = null);

/// <summary>A row of <c>refresh_tokens</c>.</summary>
/// <param name="TokenHash">SHA-256 of the token, 64 hex digits.</param>
public sealed record RefreshTokenRecord(string TokenHash, string UserId, string Scope, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt = null);
