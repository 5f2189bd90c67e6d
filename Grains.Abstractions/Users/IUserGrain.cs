using Orleans;
using Orleans.Concurrency;

namespace Chat4All.Grains.Abstractions;

/// <summary>Owns one user: the profile and who is connected. The key is the user id.</summary>
[Alias("chat4all.IUserGrain")]
public interface IUserGrain : IGrainWithStringKey
{
    /// <summary>The profile, or null when there is no such user.</summary>
    [AlwaysInterleave, Alias("Get")]
    ValueTask<UserProfile?> Get(CancellationToken cancellationToken);

    /// <summary>Changes the profile; absent fields stay. <c>user_not_found</c>, <c>username_conflict</c>.</summary>
    [Alias("Update")]
    Task<UserProfile> Update(UserChange change, CancellationToken cancellationToken);

    /// <summary>Deletes the user: the id stays taken for ever, the tokens stop working at once.</summary>
    [Alias("Delete")]
    Task Delete(CancellationToken cancellationToken);

    /// <summary>The user has sockets on the node <paramref name="node"/>; to say so again changes nothing. The first node makes the user present.</summary>
    [Alias("Connected")]
    ValueTask Connected(string node);

    /// <summary>The user's last socket on the node <paramref name="node"/> has closed; to say so again changes nothing. The last node makes the user absent.</summary>
    [Alias("Disconnected")]
    ValueTask Disconnected(string node);
}

/// <summary>A user as the API shows it; never holds the secret or its hash.</summary>
[GenerateSerializer, Immutable, Alias("chat4all.UserProfile")]
public sealed record UserProfile
{
    [Id(0)]
    public required string UserId { get; init; }

    /// <summary>Unique among all users; also accepted as <c>client_id</c> and <c>from</c>.</summary>
    [Id(1)]
    public required string Username { get; init; }

    [Id(2)]
    public string? DisplayName { get; init; }

    /// <summary>Scopes the user may ask for: <c>read</c>, <c>write</c>, <c>admin</c>; separated by spaces.</summary>
    [Id(3)]
    public required string Scopes { get; init; }

    [Id(4)]
    public required bool IsActive { get; init; }

    [Id(5)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What live events call the user.</summary>
    public string Name => DisplayName ?? Username;
}

/// <summary>Changes to a user; null leaves a field as it is.</summary>
[GenerateSerializer, Immutable, Alias("chat4all.UserChange")]
public sealed record UserChange
{
    [Id(0)]
    public string? Username { get; init; }

    [Id(1)]
    public string? DisplayName { get; init; }

    [Id(2)]
    public string? Scopes { get; init; }

    [Id(3)]
    public bool? IsActive { get; init; }

    /// <summary>Slow salted hash of the new secret.</summary>
    [Id(4)]
    public string? SecretHash { get; init; }
}
