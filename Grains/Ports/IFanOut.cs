using Chat4All.Grains.Abstractions;

namespace Chat4All.Grains.Ports;

/// <summary>Carries live events to every node's sockets. A hint, at most once: sockets heal from the store by seq.</summary>
public interface IFanOut
{
    /// <summary>Hands an event on; never blocks and never throws.</summary>
    void Publish(LiveEvent liveEvent);

    /// <summary>Receives every event published on any node, this one included, on the publisher's or the transport's thread: must return at once. Dispose to end.</summary>
    IDisposable Subscribe(Action<LiveEvent> receiver);
}

/// <summary>Something that happened, for the sockets of some users.</summary>
public sealed class LiveEvent
{
    /// <summary><c>message.created</c>, <c>conversation.read</c>, …: see <see cref="EventTypes"/>.</summary>
    public required string Type { get; init; }

    /// <summary>Null for events about a user (presence).</summary>
    public required string? ConversationId { get; init; }

    /// <summary>For messages (system messages included): the seq; 0 for events that take none.</summary>
    public long Seq { get; init; }

    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The <c>data</c> object as UTF-8 JSON, serialized once for all sockets.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>
    /// Users to reach. For a conversation's events: the members at that moment, a member that this very event removed included; a new member's sockets begin to follow the
    /// conversation with the event that names it here first.
    /// </summary>
    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary>For <c>member.left</c>: who left, and is to be unsubscribed behind this event.</summary>
    public string? RemovedUserId { get; init; }

    /// <summary>A user that must not get the event (the typist of <c>typing</c>); null for none.</summary>
    public string? Except { get; init; }

    /// <summary>For <c>presence</c>: who came or went; every node keeps it, whoever is to be told.</summary>
    public UserPresence? Presence { get; init; }
}

/// <summary>Whether a user has a socket anywhere.</summary>
public readonly record struct UserPresence(string UserId, bool IsOnline);
