using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Incoming;

/// <summary>Notifications of Messenger and of Instagram Messaging, which share their form: <c>entry[].messaging[]</c>.</summary>
/// <param name="name">What the field <c>object</c> says: <c>page</c> or <c>instagram</c>.</param>
internal sealed class MessagingPayloads(string channel, string name) : IIncomingPayloads
{
    private const long Milliseconds = 1;

    private static readonly string[][] Levels = [["entry"], ["messaging"]];

    public string Channel => channel;

    public IncomingPayload Read(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var payload = new PayloadBuilder();
        foreach (var entry in PayloadJson.RequireObject(document, name).Items("entry"))
        {
            foreach (var item in entry.Items("messaging"))
            {
                // Without a sender it is about somebody who used a plugin and has no address.
                if (item.Text("sender", "id") is { } sender)
                {
                    ReadItem(item, sender, payload);
                }
            }
        }

        return payload.Build();
    }

    public IReadOnlyList<IncomingPart> Split(ReadOnlyMemory<byte> body) => PayloadSplit.Of(this, body, Levels);

    private void ReadItem(JsonElement item, string sender, PayloadBuilder payload)
    {
        if (item.Field("message") is { } message)
        {
            if (!message.IsTrue("is_echo") && !message.IsTrue("is_deleted"))
            {
                payload.Add(ReadMessage(item, message, sender));
            }
        }
        else if (item.Field("postback") is { } postback)
        {
            var at = TimeOf(item);
            payload.Add(new IncomingMessage
            {
                ExternalId = postback.Text("mid") ?? $"{sender}:{at.ToUnixTimeMilliseconds()}",
                Address = sender,
                SentAt = at,
                Text = postback.Text("title") ?? postback.Text("payload") ?? "[postback]",
            });
        }
        else if (item.Field("delivery") is { } delivery)
        {
            ReadReceipt(item, delivery, sender, MessageStatus.Delivered, payload);
        }
        else if (item.Field("read") is { } read)
        {
            ReadReceipt(item, read, sender, MessageStatus.Read, payload);
        }
    }

    private static IncomingMessage ReadMessage(JsonElement item, JsonElement message, string sender)
    {
        var media = new List<IncomingMedia>();
        var texts = new List<string>();
        if (message.Text("text") is { Length: > 0 } text)
        {
            texts.Add(text);
        }

        foreach (var attachment in message.Items("attachments"))
        {
            var type = attachment.Text("type") ?? "attachment";
            if (type is "image" or "video" or "audio" or "file" && attachment.Text("payload", "url") is { } url)
            {
                media.Add(new IncomingMedia(type == "file" ? "document" : type, url));
            }
            else
            {
                texts.Add($"[{type}] {PlaceOf(attachment) ?? attachment.Text("payload", "url") ?? attachment.Text("url")}".TrimEnd());
            }
        }

        if (texts.Count == 0 && media.Count == 0)
        {
            texts.Add(message.IsTrue("is_unsupported") ? "[unsupported]" : "[empty]");
        }

        return new IncomingMessage
        {
            ExternalId = message.Require("mid"),
            Address = sender,
            SentAt = TimeOf(item),
            Text = texts.Count == 0 ? null : string.Join('\n', texts),
            Media = media,
        };
    }

    /// <summary>By id where ids are given, and for everything up to a moment: Messenger's watermark, or the time at which Instagram's reader saw the newest.</summary>
    private void ReadReceipt(JsonElement item, JsonElement receipt, string sender, MessageStatus status, PayloadBuilder payload)
    {
        var upTo = receipt.Time("watermark", Milliseconds) ?? item.Time("timestamp", Milliseconds);
        var at = item.Time("timestamp", Milliseconds) ?? upTo ?? throw new FormatException("'timestamp' is missing.");
        IEnumerable<string?> ids = [.. receipt.Items("mids").Select(static id => id.ValueKind == JsonValueKind.String ? id.GetString() : null), receipt.Text("mid")];
        foreach (var id in ids.OfType<string>())
        {
            payload.Add(new DeliveryReceipt(Channel, id, status, at), sender);
        }

        if (upTo is { } moment)
        {
            payload.Add(new ReceiptWatermark(Channel, sender, status, moment));
        }
    }

    private static string? PlaceOf(JsonElement attachment) =>
        attachment.Field("payload", "coordinates") is { } place ? $"{place.Text("lat")},{place.Text("long")}" : null;

    private static DateTimeOffset TimeOf(JsonElement item) => item.Time("timestamp", Milliseconds) ?? throw new FormatException("'timestamp' is missing.");
}
