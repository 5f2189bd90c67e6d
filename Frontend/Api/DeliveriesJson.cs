using System.Text.Json.Serialization;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Api;

/// <summary>An event that a worker gave up on. Its content is not shown.</summary>
internal sealed record DeadLetterAnswer
{
    public required string DeadLetterId { get; init; }

    /// <summary>Where it was read, and where a replay puts it.</summary>
    public required string Topic { get; init; }

    /// <summary>The consumer group that gave up.</summary>
    public required string Group { get; init; }

    public required string EventId { get; init; }

    public required string EventType { get; init; }

    public string? MessageId { get; init; }

    public string? Recipient { get; init; }

    public string? Channel { get; init; }

    public required string Reason { get; init; }

    public required int Attempts { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>When it was put back on its topic.</summary>
    public DateTime? ReplayedAt { get; init; }

    public static DeadLetterAnswer Of(DeadLetter letter) => new()
    {
        DeadLetterId = letter.Id,
        Topic = letter.Topic,
        Group = letter.Group,
        EventId = letter.EventId,
        EventType = letter.EventType,
        MessageId = letter.MessageId,
        Recipient = letter.Recipient,
        Channel = letter.Channel,
        Reason = letter.Reason,
        Attempts = letter.Attempts,
        CreatedAt = letter.CreatedAt.UtcDateTime,
        ReplayedAt = letter.ReplayedAt?.UtcDateTime,
    };
}

/// <summary>A page of dead letters, newest first.</summary>
internal sealed record DeadLetterList(IReadOnlyList<DeadLetterAnswer> DeadLetters, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextCursor);

/// <summary>The body of <c>PUT /v1/users/{id}/channels/{channel}</c>.</summary>
internal sealed record ChannelAddressRequest
{
    /// <summary>A phone number, a scoped user id, a chat id: what the channel calls the user.</summary>
    public string? Address { get; init; }
}

/// <summary>A user's address on a channel.</summary>
internal sealed record ChannelAddressAnswer
{
    public required string UserId { get; init; }

    public required string Channel { get; init; }

    public required string Address { get; init; }

    public required DateTime LinkedAt { get; init; }

    /// <summary>When a message last came from it.</summary>
    public DateTime? LastInboundAt { get; init; }

    public static ChannelAddressAnswer Of(ChannelAddress address) => new()
    {
        UserId = address.UserId,
        Channel = address.Channel,
        Address = address.Address,
        LinkedAt = address.LinkedAt.UtcDateTime,
        LastInboundAt = address.LastInboundAt?.UtcDateTime,
    };
}

/// <summary>Source-generated JSON of dead letters and channel addresses.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeadLetterList))]
[JsonSerializable(typeof(DeadLetterAnswer))]
[JsonSerializable(typeof(ChannelAddressRequest))]
[JsonSerializable(typeof(ChannelAddressAnswer))]
internal sealed partial class DeliveriesJson : JsonSerializerContext;
