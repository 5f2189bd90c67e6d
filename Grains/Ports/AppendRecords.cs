using Chat4All.Grains.Abstractions;

namespace Chat4All.Grains.Ports;

/// <summary>One conversation's part of a journal batch.</summary>
public sealed class ConversationAppend
{
    public required string ConversationId { get; init; }

    /// <summary>The fence: the head that this append was numbered from. The first message has this plus one.</summary>
    public required long ExpectedLastSeq { get; init; }

    /// <summary>At least one; consecutive seqs, ascending <see cref="StoredMessage.CreatedAt"/> (UTC, whole microseconds).</summary>
    public required IReadOnlyList<NewMessage> Messages { get; init; }

    /// <summary>Members that join or leave with one of the messages.</summary>
    public IReadOnlyList<MemberChange> MemberChanges { get; init; } = [];
}

/// <summary>A message to insert with its outbox row. <see cref="StoredMessage.Status"/> is <see cref="MessageStatus.Delivered"/> from the start for system and in-app-only messages.</summary>
public sealed record NewMessage(StoredMessage Message, OutboxRow Outbox);

/// <summary>A new row of <c>outbox_events</c>; conversation and seq are those of its message.</summary>
public sealed class OutboxRow
{
    /// <summary>UUIDv7; the event's id everywhere.</summary>
    public required Guid Id { get; init; }

    /// <summary><c>message</c> or <c>conversation</c>.</summary>
    public required string AggregateType { get; init; }

    /// <summary>The message id, or <c>conversation:seq</c> for what is no message of a member.</summary>
    public required string AggregateId { get; init; }

    /// <summary><c>message.created</c>, <c>member.joined</c>, …</summary>
    public required string EventType { get; init; }

    /// <summary>The event's data as UTF-8 JSON; the very bytes that the sockets get as <c>data</c>.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>W3C trace context of the request; null when it is not traced.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>A member that joins (with a role) or leaves in the transaction of its system message. Joining again only changes the role.</summary>
public sealed record MemberChange(string UserId, bool Joins, MemberRole Role, long Seq, DateTimeOffset At);

/// <summary>Why a batch was rolled back; both empty when it was committed.</summary>
public sealed record AppendConflicts(IReadOnlyList<string> FencedConversations, IReadOnlyList<StoredMessage> ExistingMessages)
{
    public static AppendConflicts None { get; } = new([], []);

    /// <summary>True when everything was written.</summary>
    public bool Committed => FencedConversations.Count == 0 && ExistingMessages.Count == 0;
}
