using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Silo.Workers.Deliveries;

/// <summary>What the router needs of a <c>message.created</c> event.</summary>
internal sealed record RoutedMessage
{
    public required string MessageId { get; init; }

    public required string ConversationId { get; init; }

    public required long Seq { get; init; }

    public required string SenderId { get; init; }

    public string? SenderName { get; init; }

    /// <summary>The channels that lead out of the hub.</summary>
    public required Channels Channels { get; init; }

    /// <summary>Null: every member but the sender.</summary>
    public IReadOnlyList<string>? To { get; init; }

    /// <summary>The <c>payload</c> object as JSON text.</summary>
    public required string Payload { get; init; }

    /// <summary>The payload's <c>type</c>.</summary>
    public required string Kind { get; init; }

    public required string Priority { get; init; }

    /// <summary>The message, or null for events that nothing is to be sent out for. Throws <see cref="JsonException"/> for what is no such event.</summary>
    public static RoutedMessage? Read(LogEvent created)
    {
        if (created.Type != EventTypes.MessageCreated)
        {
            return null;
        }

        using var json = JsonDocument.Parse(created.Data);
        try
        {
            return Read(json.RootElement);
        }
        catch (Exception wrong) when (wrong is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException("A message.created event lacks a field.", wrong);
        }
    }

    private static RoutedMessage? Read(JsonElement data)
    {
        var channels = Channels.None;
        foreach (var name in data.GetProperty("channels").EnumerateArray())
        {
            channels |= ChannelNames.Parse(name.GetString());
        }

        channels &= ~Channels.Chat4All;
        if (channels == Channels.None || data.GetProperty("sender_id").GetString() is not { } sender)
        {
            return null;
        }

        var payload = data.GetProperty("payload");
        return new RoutedMessage
        {
            MessageId = data.GetProperty("message_id").GetString()!,
            ConversationId = data.GetProperty("conversation_id").GetString()!,
            Seq = data.GetProperty("seq").GetInt64(),
            SenderId = sender,
            SenderName = data.TryGetProperty("sender_name", out var senderName) ? senderName.GetString() : null,
            Channels = channels,
            To = data.TryGetProperty("to", out var to) ? [.. to.EnumerateArray().Select(static one => one.GetString()!)] : null,
            Payload = payload.GetRawText(),
            Kind = payload.GetProperty("type").GetString()!,
            Priority = data.GetProperty("priority").GetString()!,
        };
    }
}
