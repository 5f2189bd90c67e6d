using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Users in PostgreSQL. The unique indexes decide who gets a name.</summary>
internal sealed class PostgresUserStore(PostgresDatabase database) : IUserStore
{
    private const string Columns = "id, username, display_name, scopes, is_active, created_at, secret_hash";

    public Task<UserProfile> CreateAsync(UserProfile user, string? secretHash, CancellationToken cancellationToken)
    {
        const string insert =
            """
            insert into users (id, username, display_name, secret_hash, scopes, is_active, created_at)
            values ($1, $2, $3, $4, $5, $6, $7)
            """;
        return WriteAsync(
            async connection =>
            {
                await connection.Command(insert)
                    .Text(user.UserId).Text(user.Username).Text(user.DisplayName).Text(secretHash).Text(user.Scopes).Flag(user.IsActive).Time(user.CreatedAt)
                    .RunAsync(cancellationToken);
                return user;
            },
            cancellationToken);
    }

    public Task<UserProfile?> FindAsync(string userId, CancellationToken cancellationToken)
    {
        const string select = $"select {Columns} from users where id = $1 and deleted_at is null";
        return database.ReadAsync(connection => connection.Command(select).Text(userId).FirstAsync(Read, cancellationToken), cancellationToken);
    }

    public Task<UserCredentials?> FindCredentialsAsync(string idOrUsername, CancellationToken cancellationToken)
    {
        const string select =
            $"""
            select * from (
              select {Columns}, 1 as rank from users where id = $1 and deleted_at is null
              union all
              select {Columns}, 2 from users where username = $1 and deleted_at is null) found
            order by rank
            limit 1
            """;
        return database.ReadAsync(
            connection => connection.Command(select).Text(idOrUsername).FirstAsync(static row => new UserCredentials(Read(row), row.TextOrNull(6)), cancellationToken),
            cancellationToken);
    }

    public Task<IReadOnlyList<UserProfile>> ListAsync(string? afterUserId, int offset, int limit, CancellationToken cancellationToken)
    {
        const string select = $"select {Columns} from users where id > $1 and deleted_at is null order by id limit $2 offset $3";
        return database.ReadAsync<IReadOnlyList<UserProfile>>(
            async connection => await connection.Command(select).Text(afterUserId ?? string.Empty).Long(limit).Long(offset).ListAsync(Read, cancellationToken),
            cancellationToken);
    }

    public Task<IReadOnlyDictionary<string, string>> FindNamesAsync(IReadOnlyCollection<string> userIds, CancellationToken cancellationToken)
    {
        const string select = "select id, coalesce(display_name, username) from users where id = any($1) and deleted_at is null";
        return database.ReadAsync<IReadOnlyDictionary<string, string>>(
            async connection =>
            {
                var rows = await connection.Command(select).Texts(userIds).ListAsync(static row => (Id: row.GetString(0), Name: row.GetString(1)), cancellationToken);
                return rows.ToDictionary(static row => row.Id, static row => row.Name, StringComparer.Ordinal);
            },
            cancellationToken);
    }

    public Task<UserProfile?> UpdateAsync(string userId, UserChange change, CancellationToken cancellationToken)
    {
        const string update =
            $"""
            update users
            set username = coalesce($2, username), display_name = coalesce($3, display_name), scopes = coalesce($4, scopes),
                is_active = coalesce($5, is_active), secret_hash = coalesce($6, secret_hash)
            where id = $1 and deleted_at is null
            returning {Columns}
            """;
        return WriteAsync(
            connection => connection.Command(update)
                .Text(userId).Text(change.Username).Text(change.DisplayName).Text(change.Scopes).Flag(change.IsActive).Text(change.SecretHash)
                .FirstAsync(Read, cancellationToken),
            cancellationToken);
    }

    public Task<bool> DeleteAsync(string userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string update = "update users set deleted_at = $2, is_active = false where id = $1 and deleted_at is null";
        return database.WriteAsync(
            async connection => await connection.Command(update).Text(userId).Time(now).RunAsync(cancellationToken) > 0, cancellationToken);
    }

    private async Task<T> WriteAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await database.WriteAsync(work, cancellationToken);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw taken.ConstraintName == "users_pkey" ? StoreErrors.UserIdTaken() : StoreErrors.UsernameTaken();
        }
    }

    private static UserProfile Read(NpgsqlDataReader row) => new()
    {
        UserId = row.GetString(0),
        Username = row.GetString(1),
        DisplayName = row.TextOrNull(2),
        Scopes = row.GetString(3),
        IsActive = row.GetBoolean(4),
        CreatedAt = row.Time(5),
    };
}
