using Chat4All.Grains.Ports;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Token hashes in PostgreSQL.</summary>
internal sealed class PostgresTokenStore(PostgresDatabase database) : ITokenStore
{
    private const string InsertAccess =
        """
        insert into access_tokens (id, user_id, token_hash, scope, issued_at, expires_at, created_at)
        values ($1, $2, $3, $4, $5, $6, $5)
        """;

    private const string InsertPair =
        $"""
        with refresh as (
          insert into refresh_tokens (id, user_id, token_hash, scope, issued_at, expires_at, created_at)
          values ($7, $8, $9, $10, $11, $12, $11))
        {InsertAccess}
        """;

    public Task SaveAsync(AccessTokenRecord access, RefreshTokenRecord? refresh, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            var command = connection.Command(refresh is null ? InsertAccess : InsertPair);
            Add(command, access.UserId, access.TokenHash, access.Scope, access.IssuedAt, access.ExpiresAt);
            if (refresh is not null)
            {
                Add(command, refresh.UserId, refresh.TokenHash, refresh.Scope, refresh.IssuedAt, refresh.ExpiresAt);
            }

            return command.RunAsync(cancellationToken);
        },
        cancellationToken);

    public Task<RefreshTokenRecord?> FindRefreshTokenAsync(string tokenHash, CancellationToken cancellationToken)
    {
        const string select = "select token_hash, user_id, scope, issued_at, expires_at, revoked_at from refresh_tokens where token_hash = $1";
        return database.ReadAsync(
            connection => connection.Command(select).Text(tokenHash).FirstAsync(
                static row => new RefreshTokenRecord(row.GetString(0), row.GetString(1), row.GetString(2), row.Time(3), row.Time(4), row.TimeOrNull(5)),
                cancellationToken),
            cancellationToken);
    }

    public Task TouchRefreshTokenAsync(string tokenHash, DateTimeOffset now, CancellationToken cancellationToken) =>
        UpdateAsync("update refresh_tokens set last_used_at = $2 where token_hash = $1", tokenHash, now, cancellationToken);

    public Task<bool> RevokeRefreshTokenAsync(string tokenHash, DateTimeOffset now, CancellationToken cancellationToken) =>
        UpdateAsync("update refresh_tokens set revoked = true, revoked_at = $2 where token_hash = $1 and not revoked", tokenHash, now, cancellationToken);

    public Task<bool> RevokeAccessTokenAsync(string tokenHash, DateTimeOffset now, CancellationToken cancellationToken) =>
        UpdateAsync("update access_tokens set revoked = true, revoked_at = $2 where token_hash = $1 and not revoked", tokenHash, now, cancellationToken);

    public Task RevokeAllAsync(string userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string update =
            """
            with access as (
              update access_tokens set revoked = true, revoked_at = $2 where user_id = $1 and not revoked)
            update refresh_tokens set revoked = true, revoked_at = $2 where user_id = $1 and not revoked
            """;
        return UpdateAsync(update, userId, now, cancellationToken);
    }

    public Task<AccessTokenRecord?> FindAccessTokenAsync(string tokenHash, CancellationToken cancellationToken)
    {
        const string select = "select token_hash, user_id, scope, issued_at, expires_at, revoked_at from access_tokens where token_hash = $1";
        return database.ReadAsync(
            connection => connection.Command(select).Text(tokenHash).FirstAsync(
                static row => new AccessTokenRecord(row.GetString(0), row.GetString(1), row.GetString(2), row.Time(3), row.Time(4), row.TimeOrNull(5)),
                cancellationToken),
            cancellationToken);
    }

    public Task<IReadOnlyList<string>> ListRevokedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        const string select = "select token_hash from access_tokens where revoked_at >= $1 and expires_at > $1 order by revoked_at";
        return database.ReadAsync<IReadOnlyList<string>>(
            async connection => await connection.Command(select).Time(since).ListAsync(static row => row.GetString(0), cancellationToken), cancellationToken);
    }

    public Task<int> DeleteExpiredAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        const string access = "delete from access_tokens where id = any(array(select id from access_tokens where expires_at < $1 order by expires_at limit $2))";
        const string refresh = "delete from refresh_tokens where id = any(array(select id from refresh_tokens where expires_at < $1 order by expires_at limit $2))";
        return database.WriteAsync(
            async connection =>
            {
                var deleted = await connection.Command(access).Time(before).Long(limit).RunAsync(cancellationToken);
                return deleted + await connection.Command(refresh).Time(before).Long(limit - deleted).RunAsync(cancellationToken);
            },
            cancellationToken);
    }

    private Task<bool> UpdateAsync(string sql, string key, DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        async connection => await connection.Command(sql).Text(key).Time(now).RunAsync(cancellationToken) > 0, cancellationToken);

    private static void Add(NpgsqlCommand command, string userId, string tokenHash, string scope, DateTimeOffset issuedAt, DateTimeOffset expiresAt) =>
        command.Text(Guid.CreateVersion7(issuedAt).ToString()).Text(userId).Text(tokenHash).Text(scope).Time(issuedAt).Time(expiresAt);
}
