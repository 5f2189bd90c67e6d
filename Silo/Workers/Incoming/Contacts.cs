using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Silo.Workers.Incoming;

/// <summary>Who writes: the user with the address, or a new one without secret and scopes, who therefore cannot sign in.</summary>
internal sealed class Contacts(IChannelAddressStore addresses, IUserStore users, TimeProvider time)
{
    private const int MaxName = 128;

    /// <summary>Throws <c>user_not_found</c> when the address is that of a user who was deleted.</summary>
    public async Task<UserProfile> FindOrCreateAsync(string channel, IncomingMessage message, CancellationToken cancellationToken)
    {
        if (await addresses.FindUserAsync(channel, message.Address, cancellationToken) is { } known)
        {
            return await RequireAsync(known.UserId, cancellationToken);
        }

        var contact = await CreateAsync(channel, message, cancellationToken);
        try
        {
            await addresses.LinkAsync(contact.UserId, channel, message.Address, time.GetUtcNow(), cancellationToken);
            return contact;
        }
        catch (ChatException linked) when (linked.Error.Code == ErrorCodes.ChannelAddressConflict)
        {
            // Somebody was linked to the address at this moment.
            return await RequireAsync((await addresses.FindUserAsync(channel, message.Address, cancellationToken))?.UserId ?? contact.UserId, cancellationToken);
        }
    }

    private async Task<UserProfile> CreateAsync(string channel, IncomingMessage message, CancellationToken cancellationToken)
    {
        var id = IncomingIds.Contact(channel, message.Address);
        var contact = new UserProfile
        {
            UserId = id,
            Username = id,
            DisplayName = NameOf(message.SenderName) ?? $"{channel} contact",
            Scopes = "",
            IsActive = true,
            CreatedAt = time.GetUtcNow(),
        };
        try
        {
            return await users.CreateAsync(contact, secretHash: null, cancellationToken);
        }
        catch (ChatException taken) when (taken.Error.Code is ErrorCodes.UserIdConflict or ErrorCodes.UsernameConflict)
        {
            // Made by an attempt that got no further.
            return await RequireAsync(id, cancellationToken);
        }
    }

    private async Task<UserProfile> RequireAsync(string userId, CancellationToken cancellationToken) =>
        await users.FindAsync(userId, cancellationToken) ?? throw ChatException.NotFound(ErrorCodes.UserNotFound, "The address belongs to a user who was deleted.");

    /// <summary>The platform's name of somebody in the form that users' names have; null when nothing is left of it.</summary>
    private static string? NameOf(string? name)
    {
        var clean = string.Concat((name ?? "").Where(static c => !char.IsControl(c))).Trim();
        var end = Math.Min(clean.Length, MaxName);
        return clean.Length == 0 ? null : clean[..(end < clean.Length && char.IsHighSurrogate(clean[end - 1]) ? end - 1 : end)].TrimEnd();
    }
}
