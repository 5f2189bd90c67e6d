using System.Runtime.InteropServices;
using Chat4All.Frontend.RealTime.Connections;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.RealTime.Routing;

/// <summary>
/// Who is online, as their grains have said since this node began. Every node hears every change, so that who opens a socket is told from memory, without asking anybody. Belongs to the loop.
/// </summary>
internal sealed class PresenceBoard
{
    private readonly Dictionary<string, OnlineUser> _online = new(StringComparer.Ordinal);

    /// <summary>Notes a change; null when it is none.</summary>
    public OnlineUser? Note(UserPresence change, DateTimeOffset at)
    {
        if (!change.IsOnline)
        {
            if (_online.Remove(change.UserId, out var gone))
            {
                gone.HasGone = true;
            }

            return gone;
        }

        ref var user = ref CollectionsMarshal.GetValueRefOrAddDefault(_online, change.UserId, out _);
        return user ??= new OnlineUser(change.UserId, at);
    }

    /// <summary>Lets the session know those of the users who are online; answers the ones that it did not know of.</summary>
    public List<OnlineUser> Introduce(UserSession session, IReadOnlyList<string> users)
    {
        var fresh = new List<OnlineUser>();
        foreach (var userId in users)
        {
            if (_online.TryGetValue(userId, out var user) && userId != session.UserId && session.Meet(user))
            {
                fresh.Add(user);
            }
        }

        return fresh;
    }
}

/// <summary>A user who is or was online.</summary>
internal sealed class OnlineUser(string userId, DateTimeOffset since)
{
    public bool HasGone { get; set; }

    /// <summary>The event that tells it.</summary>
    public OutgoingFrame Frame() => OutgoingFrame.ForEvent(EventTypes.Presence, since, ConversationEvents.Presence(userId, online: true));
}
