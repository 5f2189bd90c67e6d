using Orleans;

namespace Chat4All.Grains.Abstractions;

/// <summary>A validated request to put one message into a conversation. All of it but the sender's name is the message's content for idempotency.</summary>
[GenerateSerializer, Immutable, Alias("chat4all.SendMessage")]
public sealed record SendMessage
{
    /// <summary>The idempotency key: unique in the store, chosen by the client or made by the server.</summary>
    [Id(0)]
    public required string MessageId { get; init; }

    [Id(1)]
    public required string SenderId { get; init; }

    /// <summary>The sender's display name at this moment, for live events only; not stored with the message.</summary>
    [Id(2)]
    public required string SenderName { get; init; }

    [Id(3)]
    public required PayloadKind Kind { get; init; }

    /// <summary>The <c>payload</c> object as JSON text, written by the server in a fixed field order.</summary>
    [Id(4)]
    public required string Payload { get; init; }

    [Id(5)]
    public required Channels Channels { get; init; }

    [Id(6)]
    public MessagePriority Priority { get; init; } = MessagePriority.Normal;

    /// <summary>Message id that this one answers; kept and given back.</summary>
    [Id(7)]
    public string? ReplyTo { get; init; }

    /// <summary>A JSON object of up to 4 KiB, as the client sent it; kept and given back.</summary>
    [Id(8)]
    public string? Metadata { get; init; }

    /// <summary>Members to deliver to, ids separated by commas; null means every member but the sender.</summary>
    [Id(9)]
    public string? To { get; init; }
}
