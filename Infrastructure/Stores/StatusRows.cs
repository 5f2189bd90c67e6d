using Chat4All.Grains;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Conversations;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Stores;

/// <summary>The outbox rows that tell how far messages are.</summary>
internal static class StatusRows
{
    /// <summary>The event of messages that became read.</summary>
    public static string ReadEvent { get; } = EventOf(MessageStatus.Read);

    /// <summary>Messages that go to the app alone, and that everybody has read by one move of a cursor.</summary>
    /// <param name="told">Ids of those of them for which the outbox has the event already.</param>
    public static IReadOnlyList<StatusChange> BecameRead(string conversationId, IEnumerable<MessageKey> messages, IReadOnlySet<string> told, DateTimeOffset now)
    {
        var trace = Telemetry.RecordedTrace;
        return
        [
            .. messages.Select(message => new StatusChange(
                conversationId, message, MessageStatus.Delivered, MessageStatus.Read, now,
                Row(
                    message.MessageId, MessageStatus.Read, MessageEvents.StatusUpdated(message, conversationId, MessageStatus.Delivered, MessageStatus.Read, null, null, now), trace,
                    told.Contains(message.MessageId), now))),
        ];
    }

    /// <summary>
    /// The outbox takes each kind of event once an aggregate. A status that a message reaches again, because a failure was overridden or somebody joined, is therefore told for the message's id
    /// with the event's own id behind it.
    /// </summary>
    public static OutboxRow Row(string messageId, MessageStatus status, byte[] payload, string? trace, bool isTold, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        return new OutboxRow
        {
            Id = id,
            AggregateType = "message",
            AggregateId = isTold ? $"{messageId}{OutboxEvent.RepeatMark}{id}" : messageId,
            EventType = EventOf(status),
            Payload = payload,
            TraceParent = trace,
        };
    }

    /// <summary>The event of messages that reached a status.</summary>
    public static string EventOf(MessageStatus status) => $"message.{MessageNames.Of(status)}";
}
