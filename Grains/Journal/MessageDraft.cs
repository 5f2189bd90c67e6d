using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Journal;

/// <summary>A message that has no seq yet: what a grain hands to the journal, which numbers it when its transaction is formed.</summary>
internal sealed class MessageDraft
{
    public required string MessageId { get; init; }

    /// <summary>Null for system messages.</summary>
    public string? SenderId { get; init; }

    public string? SenderName { get; init; }

    public required PayloadKind Kind { get; init; }

    public required string Payload { get; init; }

    public required Channels Channels { get; init; }

    public MessagePriority Priority { get; init; } = MessagePriority.Normal;

    public string? ReplyTo { get; init; }

    public string? Metadata { get; init; }

    public string? To { get; init; }

    /// <summary>W3C trace context of the request; null when it is not recorded.</summary>
    public string? TraceParent { get; init; } = Telemetry.RecordedTrace;

    /// <summary>For system messages: who joins or leaves with it.</summary>
    public MemberDraft? Member { get; init; }

    public static MessageDraft From(SendMessage message) => new()
    {
        MessageId = message.MessageId,
        SenderId = message.SenderId,
        SenderName = message.SenderName,
        Kind = message.Kind,
        Payload = message.Payload,
        Channels = message.Channels,
        Priority = message.Priority,
        ReplyTo = message.ReplyTo,
        Metadata = message.Metadata,
        To = message.To,
    };

    public static MessageDraft ForMember(string messageId, MemberDraft member) => new()
    {
        MessageId = messageId,
        Kind = PayloadKind.System,
        Payload = MessagePayload.System(member.EventType, member.UserId),
        Channels = Channels.Chat4All,
        Member = member,
    };

    /// <summary>The rows to write, now that the place is known.</summary>
    public NewMessage Place(string conversationId, long seq, DateTimeOffset createdAt)
    {
        var message = new StoredMessage
        {
            MessageId = MessageId,
            ConversationId = conversationId,
            Seq = seq,
            SenderId = SenderId,
            Kind = Kind,
            Payload = Payload,
            Channels = Channels,
            Priority = Priority,
            Status = Channels == Channels.Chat4All ? MessageStatus.Delivered : MessageStatus.Accepted,
            ReplyTo = ReplyTo,
            Metadata = Metadata,
            To = To,
            CreatedAt = createdAt,
            StatusAt = createdAt,
        };
        var outbox = new OutboxRow
        {
            Id = Guid.CreateVersion7(createdAt),
            AggregateType = Member is null ? "message" : "conversation",
            AggregateId = Member is null ? MessageId : $"{conversationId}:{seq}",
            EventType = Member?.EventType ?? EventTypes.MessageCreated,
            Payload = MessageEvents.Created(message, SenderName),
            TraceParent = TraceParent,
        };
        return new NewMessage(message, outbox);
    }

    /// <summary>Whether the stored message is this one sent before: same conversation, sender and content.</summary>
    public bool IsSameAs(StoredMessage stored, string conversationId) =>
        stored.ConversationId == conversationId
        && stored.SenderId == SenderId
        && stored.Payload == Payload
        && stored.Channels == Channels
        && stored.Priority == Priority
        && stored.ReplyTo == ReplyTo
        && stored.To == To
        && SameJson.Equal(stored.Metadata, Metadata);
}

/// <summary>A member that joins or leaves.</summary>
/// <param name="Successor">The member that becomes owner because the last owner leaves; null for none.</param>
internal sealed record MemberDraft(string UserId, bool Joins, MemberRole Role, string? Successor = null)
{
    public string EventType => Joins ? EventTypes.MemberJoined : EventTypes.MemberLeft;
}
