using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Token hashes in SQLite.</summary>
internal sealed class SqliteTokenStore(SqliteDatabase database) : ITokenStore
{
    private const string InsertAccess =
        """
        insert into access_tokens (id, user_id, token_hash, scope, issued_at, expires_at, created_at)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?5)
        """;

    private const string InsertRefresh =
        """
        insert into refresh_tokens (id, user_id, token_hash, scope, issued_at, expires_at, created_at)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?5)
        """;

    public Task SaveAsync(AccessTokenRecord access, RefreshTokenRecord? refresh, CancellationToken cancellationToken) => database.WriteAsync(
        session =>
        {
            Insert(session, InsertAccess, access.UserId, access.TokenHash, access.Scope, access.IssuedAt, access.ExpiresAt);
            if (refresh is not null)
            {
                Insert(session, InsertRefresh, refresh.UserId, refresh.TokenHash, refresh.Scope, refresh.IssuedAt, refresh.ExpiresAt);
            }

            return true;
        },
        cancellationToken);

    public Task<RefreshTokenRecord?> FindRefreshTokenAsync(string tokenHash, CancellationToken cancellationToken)
    {
        const string select = "select token_hash, user_id, scope, issued_at, expires_at, revoked_at from refresh_tokens where token_hash = ?1";
        return database.ReadAsync(
            session =>
            {
                using var row = session.Prepare(select).Bind(tokenHash);
                return row.Read() ? new RefreshTokenRecord(row.Text(0), row.Text(1), row.Text(2), row.Time(3), row.Time(4), row.TimeOrNull(5)) : null;
            },
            cancellationToken);
    }

    public Task TouchRefreshTokenAsync(string tokenHash, DateTimeOffset now, CancellationToken cancellationToken) =>
        UpdateAsync("update refresh_tokens set last_used_at = ?2 where token_hash = ?1", tokenHash, now, cancellationToken);

    public Task<bool> RevokeRefreshTokenAsync(string tokenHash, DateTimeOffset now, CancellationToken cancellationToken) =>
        UpdateAsync("update refresh_tokens set revoked = 1, revoked_at = ?2 where token_hash = ?1 and revoked = 0", tokenHash, now, cancellationToken);

    public Task<bool> RevokeAccessTokenAsync(string tokenHash, DateTimeOffset now, CancellationToken cancellationToken) =>
        UpdateAsync("update access_tokens set revoked = 1, revoked_at = ?2 where token_hash = ?1 and revoked = 0", tokenHash, now, cancellationToken);

    public Task RevokeAllAsync(string userId, DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        session =>
            session.Prepare("update access_tokens set revoked = 1, revoked_at = ?2 where user_id = ?1 and revoked = 0").Bind(userId).Bind(now).Execute()
            + session.Prepare("update refresh_tokens set revoked = 1, revoked_at = ?2 where user_id = ?1 and revoked = 0").Bind(userId).Bind(now).Execute(),
        cancellationToken);

    public Task<AccessTokenRecord?> FindAccessTokenAsync(string tokenHash, CancellationToken cancellationToken)
    {
        const string select = "select token_hash, user_id, scope, issued_at, expires_at, revoked_at from access_tokens where token_hash = ?1";
        return database.ReadAsync(
            session =>
            {
                using var row = session.Prepare(select).Bind(tokenHash);
                return row.Read() ? new AccessTokenRecord(row.Text(0), row.Text(1), row.Text(2), row.Time(3), row.Time(4), row.TimeOrNull(5)) : null;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<string>> ListRevokedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<string>>(
            session =>
            {
                using var rows = session.Prepare("select token_hash from access_tokens where revoked_at >= ?1 and expires_at > ?1 order by revoked_at").Bind(since);
                var hashes = new List<string>();
                while (rows.Read())
                {
                    hashes.Add(rows.Text(0));
                }

                return hashes;
            },
            cancellationToken);

    public Task<int> DeleteExpiredAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => database.WriteAsync(
        session =>
        {
            const string access = "delete from access_tokens where id in (select id from access_tokens where expires_at < ?1 order by expires_at limit ?2)";
            const string refresh = "delete from refresh_tokens where id in (select id from refresh_tokens where expires_at < ?1 order by expires_at limit ?2)";
            var deleted = session.Prepare(access).Bind(before).Bind(limit).Execute();
            return deleted + session.Prepare(refresh).Bind(before).Bind(limit - deleted).Execute();
        },
        cancellationToken);

    private Task<bool> UpdateAsync(string sql, string tokenHash, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(session => session.Prepare(sql).Bind(tokenHash).Bind(now).Execute() > 0, cancellationToken);

    private static void Insert(SqliteSession session, string sql, string userId, string tokenHash, string scope, DateTimeOffset issuedAt, DateTimeOffset expiresAt) =>
        session.Prepare(sql)
            .Bind(Guid.CreateVersion7(issuedAt).ToString()).Bind(userId).Bind(tokenHash).Bind(scope).Bind(issuedAt).Bind(expiresAt)
            .Execute();
}
