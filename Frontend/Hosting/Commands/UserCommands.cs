using System.Globalization;
using Chat4All.Frontend.Auth;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Hosting.Commands;

/// <summary><c>user add|list|disable</c>. A running server on the same store sees the change at its next look, within a second.</summary>
internal sealed class UserCommands(IStoreAdministration store, IUserStore users, ITokenStore tokens, SecretHasher hasher, TimeProvider time)
{
    private const string SecretVariable = "CHAT4ALL_USER_SECRET";
    private const int PageSize = 100;

    /// <summary>Makes a user. Its secret comes from <c>CHAT4ALL_USER_SECRET</c> (never from the command line, which others can see), or is made and printed once.</summary>
    public async Task AddAsync(string id, string? name, string? scopes, CancellationToken cancellationToken)
    {
        var given = Environment.GetEnvironmentVariable(SecretVariable);
        if (!Ids.IsValid(id))
        {
            throw new InvalidOperationException($"'{id}' is not a valid id: 1 to 64 characters of A-Z a-z 0-9 . _ : - that start with a letter or digit.");
        }

        if (given is not null && !SecretHasher.IsAcceptable(given))
        {
            throw new InvalidOperationException($"{SecretVariable} must have 8 to 256 characters.");
        }

        if (!ScopeNames.TryParse(scopes ?? ScopeNames.Default, out var granted))
        {
            throw new InvalidOperationException("--scopes takes some of read, write and admin, separated by blanks.");
        }

        await store.MigrateAsync(cancellationToken);
        var secret = given ?? TokenHash.NewToken();
        var profile = new UserProfile { UserId = id, Username = name ?? id, Scopes = granted.Text(), IsActive = true, CreatedAt = time.GetUtcNow() };
        await users.CreateAsync(profile, hasher.Hash(secret), cancellationToken);
        await Console.Out.WriteLineAsync(given is null ? $"Made {id}. Secret, shown this once: {secret}" : $"Made {id}.");
    }

    /// <summary>Prints the users, one a line: id, name, scopes, state, since when.</summary>
    public async Task ListAsync(CancellationToken cancellationToken)
    {
        await store.MigrateAsync(cancellationToken);
        string? after = null;
        while (true)
        {
            var page = await users.ListAsync(after, 0, PageSize, cancellationToken);
            foreach (var user in page)
            {
                var since = user.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                await Console.Out.WriteLineAsync($"{user.UserId,-24} {user.Username,-24} {user.Scopes,-18} {(user.IsActive ? "active" : "disabled"),-9} {since}");
            }

            if (page.Count < PageSize)
            {
                return;
            }

            after = page[^1].UserId;
        }
    }

    /// <summary>Disables a user and revokes all of its tokens.</summary>
    public async Task DisableAsync(string id, CancellationToken cancellationToken)
    {
        await store.MigrateAsync(cancellationToken);
        if (await users.UpdateAsync(id, new UserChange { IsActive = false }, cancellationToken) is null)
        {
            throw new InvalidOperationException($"There is no user '{id}'.");
        }

        await tokens.RevokeAllAsync(id, time.GetUtcNow(), cancellationToken);
        await Console.Out.WriteLineAsync($"Disabled {id}; its tokens stop working within a second.");
    }
}
