using Chat4All.Grains.Abstractions;

namespace Chat4All.Grains.Ports;

/// <summary>A message as stored.</summary>
public sealed record StoredMessage
{
    public required string MessageId { get; init; }

    public required string ConversationId { get; init; }

    public required long Seq { get; init; }

    /// <summary>Null for system messages.</summary>
    public required string? SenderId { get; init; }

    public required PayloadKind Kind { get; init; }

    /// <summary>The <c>payload</c> object as JSON text.</summary>
    public required string Payload { get; init; }

    public required Channels Channels { get; init; }

    public required MessagePriority Priority { get; init; }

    /// <summary>As stored; readers derive <c>read</c> of in-app-only messages from the members' cursors.</summary>
    public required MessageStatus Status { get; init; }

    public string? ReplyTo { get; init; }

    public string? Metadata { get; init; }

    public string? To { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the status last changed; the creation time when it never did.</summary>
    public required DateTimeOffset StatusAt { get; init; }
}

/// <summary>One delivery of a message: a recipient on a channel.</summary>
public sealed record DeliveryRecord
{
    public required string MessageId { get; init; }

    public required string Recipient { get; init; }

    public required string Channel { get; init; }

    public required MessageStatus Status { get; init; }

    /// <summary>How often it was tried; throttled attempts do not count.</summary>
    public required int Attempts { get; init; }

    /// <summary>The platform's id of the message, once known.</summary>
    public string? ExternalId { get; init; }

    /// <summary>When the attempt began in which the platform gave <see cref="ExternalId"/>.</summary>
    public DateTimeOffset? SentAt { get; init; }

    public string? Error { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}
