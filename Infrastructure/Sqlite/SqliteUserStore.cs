using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Users in SQLite.</summary>
internal sealed class SqliteUserStore(SqliteDatabase database) : IUserStore
{
    private const string Select = "select id, username, display_name, scopes, is_active, created_at, secret_hash from users";

    public Task<UserProfile> CreateAsync(UserProfile user, string? secretHash, CancellationToken cancellationToken) => database.WriteAsync(
        session =>
        {
            if (Exists(session, "select 1 from users where id = ?1", user.UserId))
            {
                throw StoreErrors.UserIdTaken();
            }

            ThrowIfUsernameTaken(session, user.Username, user.UserId);
            const string insert =
                """
                insert into users (id, username, display_name, secret_hash, scopes, is_active, created_at)
                values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                """;
            session.Prepare(insert)
                .Bind(user.UserId).Bind(user.Username).Bind(user.DisplayName).Bind(secretHash).Bind(user.Scopes).Bind(user.IsActive).Bind(user.CreatedAt)
                .Execute();
            return user;
        },
        cancellationToken);

    public Task<UserProfile?> FindAsync(string userId, CancellationToken cancellationToken) =>
        database.ReadAsync(session => Find(session, userId), cancellationToken);

    public Task<UserCredentials?> FindCredentialsAsync(string idOrUsername, CancellationToken cancellationToken) => database.ReadAsync(
        session =>
        {
            using var row = session.Prepare(Select + " where (id = ?1 or username = ?1) and deleted_at is null order by id = ?1 desc limit 1").Bind(idOrUsername);
            return row.Read() ? new UserCredentials(Read(row), row.TextOrNull(6)) : null;
        },
        cancellationToken);

    public Task<IReadOnlyList<UserProfile>> ListAsync(string? afterUserId, int offset, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<UserProfile>>(
            session =>
            {
                using var rows = session.Prepare(Select + " where id > ?1 and deleted_at is null order by id limit ?2 offset ?3")
                    .Bind(afterUserId ?? string.Empty).Bind(limit).Bind(offset);
                var users = new List<UserProfile>();
                while (rows.Read())
                {
                    users.Add(Read(rows));
                }

                return users;
            },
            cancellationToken);

    public Task<IReadOnlyDictionary<string, string>> FindNamesAsync(IReadOnlyCollection<string> userIds, CancellationToken cancellationToken)
    {
        const string select =
            """
            select u.id, coalesce(u.display_name, u.username)
            from json_each(?1) i
            join users u on u.id = i.value
            where u.deleted_at is null
            """;
        return database.ReadAsync<IReadOnlyDictionary<string, string>>(
            session =>
            {
                using var rows = session.Prepare(select).Bind(JsonSerializer.Serialize(userIds));
                var names = new Dictionary<string, string>(StringComparer.Ordinal);
                while (rows.Read())
                {
                    names[rows.Text(0)] = rows.Text(1);
                }

                return names;
            },
            cancellationToken);
    }

    public Task<UserProfile?> UpdateAsync(string userId, UserChange change, CancellationToken cancellationToken) => database.WriteAsync(
        session =>
        {
            if (change.Username is { } username)
            {
                ThrowIfUsernameTaken(session, username, userId);
            }

            const string update =
                """
                update users
                set username = coalesce(?2, username), display_name = coalesce(?3, display_name), scopes = coalesce(?4, scopes),
                    is_active = coalesce(?5, is_active), secret_hash = coalesce(?6, secret_hash)
                where id = ?1 and deleted_at is null
                """;
            var active = change.IsActive is { } value ? (value ? 1L : 0L) : (long?)null;
            session.Prepare(update)
                .Bind(userId).Bind(change.Username).Bind(change.DisplayName).Bind(change.Scopes).Bind(active).Bind(change.SecretHash)
                .Execute();
            return Find(session, userId);
        },
        cancellationToken);

    public Task<bool> DeleteAsync(string userId, DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        session => session.Prepare("update users set deleted_at = ?2, is_active = 0 where id = ?1 and deleted_at is null").Bind(userId).Bind(now).Execute() > 0,
        cancellationToken);

    private static UserProfile? Find(SqliteSession session, string userId)
    {
        using var row = session.Prepare(Select + " where id = ?1 and deleted_at is null").Bind(userId);
        return row.Read() ? Read(row) : null;
    }

    private static void ThrowIfUsernameTaken(SqliteSession session, string username, string userId)
    {
        using var row = session.Prepare("select 1 from users where username = ?1 and id <> ?2").Bind(username).Bind(userId);
        if (row.Read())
        {
            throw StoreErrors.UsernameTaken();
        }
    }

    private static bool Exists(SqliteSession session, string select, string value)
    {
        using var row = session.Prepare(select).Bind(value);
        return row.Read();
    }

    private static UserProfile Read(SqliteStatement row) => new()
    {
        UserId = row.Text(0),
        Username = row.Text(1),
        DisplayName = row.TextOrNull(2),
        Scopes = row.Text(3),
        IsActive = row.Long(4) != 0,
        CreatedAt = row.Time(5),
    };
}
