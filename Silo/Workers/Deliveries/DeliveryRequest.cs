using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Silo.Workers.Deliveries;

/// <summary>The event <c>delivery.requested</c>: one message for one recipient on one channel. It holds no address; whoever sends looks it up.</summary>
internal static class DeliveryRequest
{
    public const string Type = "delivery.requested";

    private static readonly byte[] ReplayField = """{"replayed":true,"""u8.ToArray();

    /// <summary>What a delivery is called wherever it is attempted.</summary>
    public static string IdOf(string messageId, string recipient, string channel) => $"{messageId}:{recipient}:{channel}";

    public static LogEvent Write(RoutedMessage message, string recipient, string channel, DateTimeOffset now, string? traceParent) => new()
    {
        Id = IdOf(message.MessageId, recipient, channel),
        Type = Type,
        Key = message.ConversationId,
        MessageId = message.MessageId,
        Time = now,
        TraceParent = traceParent,
        Data = EventJson.Write((message, recipient, channel), static (json, e) =>
        {
            json.WriteString("message_id"u8, e.message.MessageId);
            json.WriteString("conversation_id"u8, e.message.ConversationId);
            json.WriteNumber("seq"u8, e.message.Seq);
            json.WriteString("recipient"u8, e.recipient);
            json.WriteString("channel"u8, e.channel);
            json.WriteString("sender_id"u8, e.message.SenderId);
            json.WriteString("sender_name"u8, e.message.SenderName);
            json.WriteString("kind"u8, e.message.Kind);
            json.WritePropertyName("payload"u8);
            json.WriteRawValue(e.message.Payload, skipInputValidation: true);
            json.WriteString("priority"u8, e.message.Priority);
        }),
    };

    /// <summary>The same request, marked as one that somebody asked to make again although it had failed.</summary>
    public static LogEvent Replayed(LogEvent request) =>
        request.Data.Span.StartsWith(ReplayField) ? request : request with { Data = (byte[])[.. ReplayField, .. request.Data.Span[1..]] };

    /// <summary>Reads a request, with no address yet, and whether it is a replay. Throws <see cref="JsonException"/>.</summary>
    public static (OutgoingMessage Message, string Channel, bool IsReplay) Read(LogEvent request)
    {
        using var json = JsonDocument.Parse(request.Data);
        var data = json.RootElement;
        try
        {
            var (messageId, recipient, channel) = (Text(data, "message_id"), Text(data, "recipient"), Text(data, "channel"));
            var message = new OutgoingMessage
            {
                DeliveryId = IdOf(messageId, recipient, channel),
                MessageId = messageId,
                ConversationId = Text(data, "conversation_id"),
                Seq = data.GetProperty("seq").GetInt64(),
                Recipient = recipient,
                Address = "",
                Kind = Kind(Text(data, "kind")),
                Payload = data.GetProperty("payload").GetRawText(),
                SenderName = data.GetProperty("sender_name").GetString(),
                Priority = MessageNames.ParsePriority(Text(data, "priority")) ?? MessagePriority.Normal,
            };
            return (message, channel, data.TryGetProperty("replayed", out _));
        }
        catch (Exception wrong) when (wrong is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException("A delivery.requested event lacks a field.", wrong);
        }
    }

    private static string Text(JsonElement data, string field) => data.GetProperty(field).GetString() ?? throw new JsonException($"{field} is null.");

    private static PayloadKind Kind(string name) => name switch
    {
        "text" => PayloadKind.Text,
        "file" => PayloadKind.File,
        "template" => PayloadKind.Template,
        _ => throw new JsonException("The kind of payload is not known."),
    };
}
