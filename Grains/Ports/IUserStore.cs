using Chat4All.Grains.Abstractions;

namespace Chat4All.Grains.Ports;

/// <summary>Users and their secrets' hashes. Throws <see cref="StoreUnavailableException"/>.</summary>
public interface IUserStore
{
    /// <summary>Inserts a user; <c>user_id_conflict</c> (deleted users' ids included) or <c>username_conflict</c>.</summary>
    Task<UserProfile> CreateAsync(UserProfile user, string? secretHash, CancellationToken cancellationToken);

    /// <summary>The user, or null when there is none or it is deleted.</summary>
    Task<UserProfile?> FindAsync(string userId, CancellationToken cancellationToken);

    /// <summary>The user with this id, else the one with this username, with the hash; null when there is none or it is deleted.</summary>
    Task<UserCredentials?> FindCredentialsAsync(string idOrUsername, CancellationToken cancellationToken);

    /// <summary>Users ordered by id behind <paramref name="afterUserId"/>; <paramref name="limit"/> is 1 to 100.</summary>
    Task<IReadOnlyList<UserProfile>> ListAsync(string? afterUserId, int offset, int limit, CancellationToken cancellationToken);

    /// <summary>Those of the ids that exist and are not deleted, with what live events call them.</summary>
    Task<IReadOnlyDictionary<string, string>> FindNamesAsync(IReadOnlyCollection<string> userIds, CancellationToken cancellationToken);

    /// <summary>Changes fields that are not null; null when there is no such user. <c>username_conflict</c>.</summary>
    Task<UserProfile?> UpdateAsync(string userId, UserChange change, CancellationToken cancellationToken);

    /// <summary>Marks the user deleted; the id and the name stay taken. False when there was none.</summary>
    Task<bool> DeleteAsync(string userId, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>A profile with what is needed to check a secret.</summary>
/// <param name="SecretHash">Null: the user cannot sign in.</param>
public sealed record UserCredentials(UserProfile Profile, string? SecretHash);
