using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;
using Orleans;
using Orleans.Runtime;

namespace Chat4All.Grains.Users;

/// <inheritdoc cref="IUserGrain" />
internal sealed class UserGrain(IUserStore users, ITokenStore tokens, IConversationReader conversations, IFanOut fanOut, TimeProvider time) : Grain, IUserGrain
{
    /// <summary>A socket that comes back within this time leaves no trace of having been away.</summary>
    private static readonly TimeSpan OfflineDelay = TimeSpan.FromSeconds(3);

    // A user has sockets on one node, seldom on more.
    private string[] _nodes = [];
    private bool _isOnline;
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

    public ValueTask Connected(string node)
    {
        if (!_nodes.Contains(node))
        {
            _nodes = [.. _nodes, node];
        }

        // What is known here is known nowhere else: an activation that was collected would never say offline.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        ForgetTimer();
        return new ValueTask(PublishAsync(online: true));
    }

    public ValueTask Disconnected(string node)
    {
        _nodes = [.. _nodes.Where(other => other != node)];
        if (_nodes.Length > 0)
        {
            return ValueTask.CompletedTask;
        }

        if (_isOnline)
        {
            // The period is for a store that does not answer then.
            _goingOffline ??= this.RegisterGrainTimer(GoOfflineAsync, new GrainTimerCreationOptions(OfflineDelay, OfflineDelay) { KeepAlive = true });
        }
        else
        {
            DelayDeactivation(TimeSpan.Zero);
        }

        return ValueTask.CompletedTask;
    }

    private static ChatException NoSuchUser() => ChatException.NotFound(ErrorCodes.UserNotFound, "There is no such user.");

    private async Task GoOfflineAsync(CancellationToken cancellationToken)
    {
        // A tick may have waited behind a socket that came back.
        if (_nodes.Length == 0)
        {
            await PublishAsync(online: false);
            DelayDeactivation(TimeSpan.Zero);
        }

        ForgetTimer();
    }

    private void ForgetTimer()
    {
        _goingOffline?.Dispose();
        _goingOffline = null;
    }

    /// <summary>Tells a change, also when there is nobody to tell: nodes note who is online for those who become contacts later.</summary>
    private async Task PublishAsync(bool online)
    {
        if (_isOnline == online)
        {
            return;
        }

        var userId = this.GetPrimaryKeyString();
        var contacts = await conversations.ListContactsAsync(userId, PresenceLimits.MaxContacts, CancellationToken.None).Translated();
        _isOnline = online;
        fanOut.Publish(new LiveEvent
        {
            Type = EventTypes.Presence,
            ConversationId = null,
            Timestamp = time.GetUtcNow(),
            Data = ConversationEvents.Presence(userId, online),
            Recipients = contacts,
            Presence = new UserPresence(userId, online),
        });
    }
}
