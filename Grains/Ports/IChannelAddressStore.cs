using Chat4All.Grains.Abstractions;

namespace Chat4All.Grains.Ports;

/// <summary>Under which addresses users are reached on the channels. Throws <see cref="StoreUnavailableException"/>.</summary>
public interface IChannelAddressStore
{
    /// <summary>The users' addresses on one channel, or on all of them when <paramref name="channel"/> is null; by user and channel.</summary>
    Task<IReadOnlyList<ChannelAddress>> FindAsync(IReadOnlyCollection<string> userIds, string? channel, CancellationToken cancellationToken);

    /// <summary>Who has this address on the channel; null for nobody.</summary>
    Task<ChannelAddress?> FindUserAsync(string channel, string address, CancellationToken cancellationToken);

    /// <summary>
    /// Gives a user an address, in place of the one there was. The same address again changes nothing. Throws <c>user_not_found</c>, and <c>channel_address_conflict</c> when another user has it.
    /// </summary>
    Task<ChannelAddress> LinkAsync(string userId, string channel, string address, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes a user's address away. False when there was none.</summary>
    Task<bool> UnlinkAsync(string userId, string channel, CancellationToken cancellationToken);

    /// <summary>Notes that a message came from the address; never goes back in time. Unknown addresses are ignored.</summary>
    Task NoteInboundAsync(string channel, string address, DateTimeOffset at, CancellationToken cancellationToken);
}

/// <summary>A user's address on a channel.</summary>
/// <param name="LastInboundAt">When a message last came from it; null when never.</param>
public sealed record ChannelAddress(string UserId, string Channel, string Address, DateTimeOffset LinkedAt, DateTimeOffset? LastInboundAt);
