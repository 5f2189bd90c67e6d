using System.Text.Json.Serialization;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Api;

/// <summary>The 202 of a message: by then it and its outbox row are committed.</summary>
internal sealed record AcceptedMessage
{
    /// <summary>Always <c>accepted</c>.</summary>
    public string Status { get; } = "accepted";

    public required string MessageId { get; init; }

    public required string ConversationId { get; init; }

    /// <summary>The message's place in its conversation: 1, 2, 3 …</summary>
    public required long Seq { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>Present and true when the same message had been accepted before.</summary>
    public bool? Duplicate { get; init; }

    public static AcceptedMessage From(SendReceipt receipt) => new()
    {
        MessageId = receipt.MessageId,
        ConversationId = receipt.ConversationId,
        Seq = receipt.Seq,
        CreatedAt = receipt.CreatedAt.UtcDateTime,
        Duplicate = receipt.Duplicate ? true : null,
    };
}

/// <summary>One result of a batch, at the place of its message: accepted with a seq, or rejected with an error.</summary>
internal sealed record BatchResult
{
    /// <summary><c>accepted</c> or <c>rejected</c>.</summary>
    public required string Status { get; init; }

    public string? MessageId { get; init; }

    public string? ConversationId { get; init; }

    public long? Seq { get; init; }

    public DateTime? CreatedAt { get; init; }

    public bool? Duplicate { get; init; }

    /// <summary>Stable error code of a rejected message.</summary>
    public string? Error { get; init; }

    public string? Detail { get; init; }

    public static BatchResult From(SendOutcome outcome) => outcome.Receipt is { } receipt
        ? new BatchResult
        {
            Status = "accepted",
            MessageId = receipt.MessageId,
            ConversationId = receipt.ConversationId,
            Seq = receipt.Seq,
            CreatedAt = receipt.CreatedAt.UtcDateTime,
            Duplicate = receipt.Duplicate ? true : null,
        }
        : From(outcome.Error!);

    public static BatchResult From(ChatError error) => new() { Status = "rejected", Error = error.Code, Detail = error.Detail };
}

/// <summary>The answer to a batch; results are in the order of the messages.</summary>
internal sealed record BatchAnswer(IReadOnlyList<BatchResult> Results);

/// <summary>A message as the API shows it.</summary>
internal sealed record MessageAnswer
{
    public required string MessageId { get; init; }

    public required string ConversationId { get; init; }

    public required long Seq { get; init; }

    /// <summary>The sender's user id; null for system messages.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? From { get; init; }

    public IReadOnlyList<string>? To { get; init; }

    public required RawJson Payload { get; init; }

    public required IReadOnlyList<string> Channels { get; init; }

    public required string Priority { get; init; }

    /// <summary><c>accepted</c>, <c>in_transit</c>, <c>delivered</c>, <c>read</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    public string? ReplyTo { get; init; }

    public RawJson? Metadata { get; init; }

    public required IReadOnlyList<DeliveryAnswer> Deliveries { get; init; }

    public required DateTime CreatedAt { get; init; }

    public static MessageAnswer Of(StoredMessage message, MessageStatus status, IEnumerable<DeliveryRecord> deliveries) => new()
    {
        MessageId = message.MessageId,
        ConversationId = message.ConversationId,
        Seq = message.Seq,
        From = message.SenderId,
        To = message.To?.Split(','),
        Payload = new RawJson(message.Payload),
        Channels = ChannelNames.List(message.Channels),
        Priority = MessageNames.Of(message.Priority),
        Status = MessageNames.Of(status),
        ReplyTo = message.ReplyTo,
        Metadata = RawJson.From(message.Metadata),
        Deliveries = [.. deliveries.Select(DeliveryAnswer.From)],
        CreatedAt = message.CreatedAt.UtcDateTime,
    };
}

/// <summary>One delivery: a recipient on a channel.</summary>
internal sealed record DeliveryAnswer
{
    public required string Recipient { get; init; }

    public required string Channel { get; init; }

    public required string Status { get; init; }

    public required int Attempts { get; init; }

    public string? ExternalId { get; init; }

    public string? Error { get; init; }

    public required DateTime UpdatedAt { get; init; }

    public static DeliveryAnswer From(DeliveryRecord delivery) => new()
    {
        Recipient = delivery.Recipient,
        Channel = delivery.Channel,
        Status = MessageNames.Of(delivery.Status),
        Attempts = delivery.Attempts,
        ExternalId = delivery.ExternalId,
        Error = delivery.Error,
        UpdatedAt = delivery.UpdatedAt.UtcDateTime,
    };
}

/// <summary>A page of messages, ascending by seq.</summary>
internal sealed record MessageList(IReadOnlyList<MessageAnswer> Messages, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextCursor);

/// <summary>All deliveries of a message.</summary>
internal sealed record DeliveryList(IReadOnlyList<DeliveryAnswer> Deliveries, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextCursor);
