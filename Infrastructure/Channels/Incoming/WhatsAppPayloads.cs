using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Incoming;

/// <summary>Notifications of the WhatsApp Cloud API: <c>entry[].changes[]</c> of the field <c>messages</c>.</summary>
internal sealed class WhatsAppPayloads : IIncomingPayloads
{
    private const long Seconds = 1000;

    private static readonly string[][] Levels = [["entry"], ["changes"], ["value"], ["messages", "statuses"]];

    public string Channel => "whatsapp";

    public IncomingPayload Read(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var payload = new PayloadBuilder();
        foreach (var entry in PayloadJson.RequireObject(document, "whatsapp_business_account").Items("entry"))
        {
            foreach (var change in entry.Items("changes").Where(static change => change.Text("field") == "messages"))
            {
                if (change.Field("value") is { } value)
                {
                    ReadValue(value, payload);
                }
            }
        }

        return payload.Build();
    }

    public IReadOnlyList<IncomingPart> Split(ReadOnlyMemory<byte> body) => PayloadSplit.Of(this, body, Levels);

    private void ReadValue(JsonElement value, PayloadBuilder payload)
    {
        var names = value.Items("contacts").Where(static contact => contact.Text("wa_id") is not null)
            .ToLookup(static contact => contact.Text("wa_id")!, static contact => contact.Text("profile", "name"), StringComparer.Ordinal);
        foreach (var message in value.Items("messages"))
        {
            if (ReadMessage(message, names) is { } incoming)
            {
                payload.Add(incoming);
            }
        }

        foreach (var status in value.Items("statuses"))
        {
            if (StatusOf(status.Text("status")) is { } known)
            {
                var error = known == MessageStatus.Failed ? ErrorOf(status.Items("errors").Select(static e => e.Text("code")).FirstOrDefault()) : null;
                var receipt = new DeliveryReceipt(Channel, status.Require("id"), known, TimeOf(status), error);
                payload.Add(receipt, receipt.ExternalId);
            }
        }
    }

    private static IncomingMessage? ReadMessage(JsonElement message, ILookup<string, string?> names)
    {
        var type = message.Text("type") ?? "unsupported";
        if (type is "reaction" or "system")
        {
            return null;
        }

        var media = ReadMedia(message, type);
        var from = message.Require("from");
        return new IncomingMessage
        {
            ExternalId = message.Require("id"),
            Address = from,
            SenderName = names[from].FirstOrDefault(),
            SentAt = TimeOf(message),
            Text = media is null ? ReadText(message, type) : message.Text(type, "caption"),
            Media = media is null ? [] : [media],
        };
    }

    private static IncomingMedia? ReadMedia(JsonElement message, string type) =>
        type is "image" or "video" or "audio" or "voice" or "document" or "sticker" && message.Text(type, "id") is { } id
            ? new IncomingMedia(type == "voice" ? "audio" : type, id, message.Text(type, "mime_type"), message.Text(type, "filename"))
            : null;

    private static string ReadText(JsonElement message, string type) => type switch
    {
        "text" => message.Text("text", "body"),
        "button" => message.Text("button", "text"),
        "interactive" => message.Field("interactive", "button_reply")?.Text("title") ?? message.Field("interactive", "list_reply")?.Text("title"),
        "location" when message.Field("location") is { } place =>
            $"[location] {place.Text("latitude")},{place.Text("longitude")} {place.Text("name")}".TrimEnd(),
        "contacts" => "[contacts] " + string.Join(", ", message.Items("contacts").Select(static c => c.Text("name", "formatted_name"))),
        _ => null,
    } ?? $"[{type}]";

    private static MessageStatus? StatusOf(string? status) => status switch
    {
        "sent" => MessageStatus.InTransit,
        "delivered" => MessageStatus.Delivered,
        "read" or "played" => MessageStatus.Read,
        "failed" => MessageStatus.Failed,
        _ => null,
    };

    /// <summary>The codes that the connector has for the same refusals when they come at once.</summary>
    private static string ErrorOf(string? code) => code switch
    {
        "131047" => "outside_window",
        "131026" or "130472" or "131049" => "recipient_unavailable",
        "131050" => "recipient_opted_out",
        "131052" or "131053" => "media_refused",
        null => "failed",
        _ => code.StartsWith("132", StringComparison.Ordinal) ? "template_refused" : $"whatsapp_{code}",
    };

    private static DateTimeOffset TimeOf(JsonElement element) => element.Time("timestamp", Seconds) ?? throw new FormatException("'timestamp' is missing.");
}
