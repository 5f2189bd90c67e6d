using Chat4All.Frontend.Auth;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Hosting;

/// <summary>The first administrator: made once, with the secret from the settings or with one that is kept in <c>admin-secret</c> in the data folder. An existing account is never changed.</summary>
internal sealed partial class AdminAccount(IUserStore users, SecretHasher hasher, AuthOptions auth, StoreOptions store, TimeProvider time, ILogger<AdminAccount> logger)
{
    private const string AllScopes = "read write admin";

    /// <summary>Makes the account when there is none under its id.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (await users.FindCredentialsAsync(auth.AdminId, cancellationToken) is not null)
        {
            return;
        }

        // The file comes first: a crash in between finds it again, so that its secret always opens the account.
        var file = Path.GetFullPath(Path.Combine(store.Data, "admin-secret"));
        var secret = auth.AdminSecret.Length > 0 ? auth.AdminSecret : PrivateFile.ReadOrCreate(file, TokenHash.NewToken);
        var profile = new UserProfile { UserId = auth.AdminId, Username = auth.AdminId, Scopes = AllScopes, IsActive = true, CreatedAt = time.GetUtcNow() };
        try
        {
            await users.CreateAsync(profile, hasher.Hash(secret), cancellationToken);
        }
        catch (ChatException taken) when (taken.Error.Kind == ChatErrorKind.Conflict)
        {
            // Deleted on purpose, or another process was faster.
            return;
        }

        if (auth.AdminSecret.Length > 0)
        {
            LogMade(logger, auth.AdminId);
        }
        else
        {
            LogKept(logger, auth.AdminId, file);
        }
    }

    [LoggerMessage(1301, LogLevel.Information, "Made the first administrator {AdminId}; the secret is in {File}")]
    private static partial void LogKept(ILogger logger, string adminId, string file);

    [LoggerMessage(1302, LogLevel.Information, "Made the first administrator {AdminId} with the secret from the settings")]
    private static partial void LogMade(ILogger logger, string adminId);
}
