using System.Text.Json;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Incoming;

/// <summary>
/// Updates of the Telegram Bot API. Only messages of people in their private chat with the bot: a group that the bot is in would otherwise become one person's conversation.
/// Bots get no receipts.
/// </summary>
internal sealed class TelegramPayloads : IIncomingPayloads
{
    private const long Seconds = 1000;

    /// <summary>Fields that hold a file, with what it is. An animation comes as a document too, so it stands before that.</summary>
    private static readonly (string Field, string Kind)[] Files =
    [
        ("animation", "video"), ("video", "video"), ("video_note", "video"), ("voice", "audio"), ("audio", "audio"), ("sticker", "sticker"), ("document", "document"),
    ];

    public string Channel => "telegram";

    public IncomingPayload Read(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        if (document.RootElement.Text("update_id") is null)
        {
            throw new FormatException("The body is no update.");
        }

        var payload = new PayloadBuilder();
        if (document.RootElement.Field("message") is { } message && message.Text("chat", "type") == "private" && message.Field("from")?.IsTrue("is_bot") != true
            && ReadMessage(message, message.Field("chat")!.Value) is { } incoming)
        {
            payload.Add(incoming);
        }

        return payload.Build();
    }

    /// <summary>An update is about one thing.</summary>
    public IReadOnlyList<IncomingPart> Split(ReadOnlyMemory<byte> body) => [new IncomingPart(PayloadSplit.KeyOf(this, body), body)];

    private static IncomingMessage? ReadMessage(JsonElement message, JsonElement chat)
    {
        var media = ReadMedia(message);
        var text = media is null ? ReadText(message) : message.Text("caption");
        var address = chat.Require("id");
        return media is null && text is null
            ? null
            : new IncomingMessage
            {
                ExternalId = $"{address}:{message.Require("message_id")}",
                Address = address,
                SenderName = NameOf(chat),
                SentAt = message.Time("date", Seconds) ?? throw new FormatException("'date' is missing."),
                Text = text,
                Media = media is null ? [] : [media],
            };
    }

    private static IncomingMedia? ReadMedia(JsonElement message)
    {
        // Sizes of the same picture, the largest last.
        if (message.Items("photo").LastOrDefault() is var photo && photo.Text("file_id") is { } picture)
        {
            return new IncomingMedia("image", picture, "image/jpeg");
        }

        foreach (var (field, kind) in Files)
        {
            if (message.Text(field, "file_id") is { } id)
            {
                return new IncomingMedia(kind, id, message.Text(field, "mime_type"), message.Text(field, "file_name"));
            }
        }

        return null;
    }

    /// <summary>The text; what other content stands for; null for what is no content, such as a pinned message.</summary>
    private static string? ReadText(JsonElement message)
    {
        if (message.Text("text") is { } text)
        {
            return text;
        }

        if (message.Field("location") is { } place)
        {
            return $"[location] {place.Text("latitude")},{place.Text("longitude")} {message.Text("venue", "title")}".TrimEnd();
        }

        return message.Field("contact") is { } contact ? $"[contact] {NameOf(contact)} {contact.Text("phone_number")}"
            : message.Text("poll", "question") is { } question ? $"[poll] {question}"
            : message.Text("dice", "emoji") is { } dice ? $"{dice} {message.Text("dice", "value")}"
            : null;
    }

    private static string? NameOf(JsonElement person) =>
        string.Join(' ', new[] { person.Text("first_name"), person.Text("last_name") }.OfType<string>()) is { Length: > 0 } name ? name : person.Text("username");
}
