using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Connectors;

/// <summary>Messages on their way to a platform.</summary>
internal static class Outgoing
{
    public static OutgoingMessage Text(string text = "Hello", string address = "15550123", string messageId = "message-1", string channel = "whatsapp") =>
        Of(PayloadKind.Text, MessagePayload.Text(text), address, messageId, channel);

    public static OutgoingMessage File(string fileId, string address = "15550123") => Of(PayloadKind.File, MessagePayload.File(fileId), address, "message-1", "whatsapp");

    public static OutgoingMessage Template(string name, string language, string[] parameters, string address = "15550123") =>
        Of(PayloadKind.Template, JsonSerializer.Serialize(new { type = "template", name, language, parameters }), address, "message-1", "whatsapp");

    private static OutgoingMessage Of(PayloadKind kind, string payload, string address, string messageId, string channel) => new()
    {
        DeliveryId = $"{messageId}:user2:{channel}",
        MessageId = messageId,
        ConversationId = "conversation-1",
        Seq = 7,
        Recipient = "user2",
        Address = address,
        Kind = kind,
        Payload = payload,
        SenderName = "One",
    };
}
