using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;
using Orleans;
using Orleans.Runtime;

namespace Chat4All.Grains.Users;

/// <inheritdoc cref="IUserGrain" />
internal sealed class UserGrain(IUserStore users, ITokenStore tokens, IConversationReader conversations, IFanOut fanOut, TimeProvider time) : Grain, IUserGrain
{
    /// <summary>Most people told about a user's presence.</summary>
    private const int MaxContacts = 1_000;

    /// <summary>A socket that comes back within this time leaves no trace of having been away.</summary>
    private static readonly TimeSpan OfflineDelay = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, int> _sockets = [];
    private IGrainTimer? _goingOffline;

    public ValueTask<UserProfile?> Get(CancellationToken cancellationToken) =>
        new(users.FindAsync(this.GetPrimaryKeyString(), cancellationToken).Translated());

    public async Task<UserProfile> Update(UserChange change, CancellationToken cancellationToken)
    {
        var profile = await users.UpdateAsync(this.GetPrimaryKeyString(), change, cancellationToken).Translated() ?? throw NoSuchUser();
        if (change.IsActive == false)
        {
            await tokens.RevokeAllAsync(profile.UserId, time.GetUtcNow(), cancellationToken).Translated();
        }

        return profile;
    }

    public async Task Delete(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!await users.DeleteAsync(this.GetPrimaryKeyString(), now, cancellationToken).Translated())
        {
            throw NoSuchUser();
        }

        await tokens.RevokeAllAsync(this.GetPrimaryKeyString(), now, cancellationToken).Translated();
    }

    public async ValueTask Connected(string node)
    {
        var absent = _sockets.Count == 0;
        _sockets[node] = _sockets.GetValueOrDefault(node) + 1;
        if (_goingOffline is { } timer)
        {
            timer.Dispose();
            _goingOffline = null;
        }
        else if (absent)
        {
            await PublishPresenceAsync(online: true);
        }
    }

    public ValueTask Disconnected(string node)
    {
        var left = _sockets.GetValueOrDefault(node) - 1;
        if (left > 0)
        {
            _sockets[node] = left;
        }
        else if (_sockets.Remove(node) && _sockets.Count == 0)
        {
            _goingOffline = this.RegisterGrainTimer(GoOfflineAsync, new GrainTimerCreationOptions(OfflineDelay, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        }

        return ValueTask.CompletedTask;
    }

    private static ChatException NoSuchUser() => ChatException.NotFound(ErrorCodes.UserNotFound, "There is no such user.");

    private Task GoOfflineAsync(CancellationToken cancellationToken)
    {
        _goingOffline?.Dispose();
        _goingOffline = null;
        return PublishPresenceAsync(online: false);
    }

    private async Task PublishPresenceAsync(bool online)
    {
        var userId = this.GetPrimaryKeyString();
        var contacts = await conversations.ListContactsAsync(userId, MaxContacts, CancellationToken.None).Translated();
        if (contacts.Count > 0)
        {
            fanOut.Publish(new LiveEvent
            {
                Type = EventTypes.Presence,
                ConversationId = null,
                Timestamp = time.GetUtcNow(),
                Data = ConversationEvents.Presence(userId, online),
                Recipients = contacts,
            });
        }
    }
}
