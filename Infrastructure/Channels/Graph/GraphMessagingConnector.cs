using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Connectors.Http;

namespace Chat4All.Infrastructure.Connectors.Graph;

/// <summary>
/// The Send API that Messenger and Instagram share: https://developers.facebook.com/docs/messenger-platform/reference/send-api. The token goes in the body, one of the
/// places where the API takes it, and not in the URL, where it would end up in logs.
/// </summary>
internal abstract class GraphMessagingConnector(PlatformParts parts, GraphMessagingOptions options) : PlatformConnector(parts, options)
{
    private const string Media = "media";

    private readonly GraphMessagingOptions _options = options;
    private readonly Uri _messages = new($"{options.BaseUrl.TrimEnd('/')}/{options.PageId}/messages");
    private readonly TimeSpan _mediaInterval = TimeSpan.FromSeconds(1 / options.MediaPerSecond);

    /// <summary>The <c>messaging_type</c> of what is sent, or null where there is none.</summary>
    protected abstract string? MessagingType { get; }

    /// <summary>Largest file of a media type (<c>image</c>, <c>video</c>, <c>audio</c> or <c>file</c>) in bytes.</summary>
    protected abstract long MaxSize(string type);

    protected abstract bool IsTextTooLong(string text);

    protected override string? Refusal(OutgoingMessage message) =>
        message.Address.Length is 0 or > 64 || !message.Address.All(char.IsAsciiLetterOrDigit) ? "invalid_address"
        : message.Kind is not (PayloadKind.Text or PayloadKind.File) ? "unsupported_payload"
        : _options.CheckWindow && IsOutsideWindow(message) ? "outside_window"
        : message.Kind == PayloadKind.Text && IsTextTooLong(Payload.Text(message)) ? "text_too_long"
        : null;

    protected override PaceLimit[] Limits(OutgoingMessage message) =>
        message.Kind == PayloadKind.File && base.Limits(message) is [var recipient, var sender]
            ? [recipient, new PaceLimit(Media, _mediaInterval, 1), sender]
            : base.Limits(message);

    protected override async Task<Verdict> RequestAsync(OutgoingMessage message)
    {
        if (message.Kind == PayloadKind.Text)
        {
            return await PostAsync(Forms.Json((connector: this, message), static (json, state) =>
            {
                state.connector.WriteHead(json, state.message.Address);
                json.WriteStartObject("message"u8);
                json.WriteString("text"u8, Payload.Text(state.message));
                json.WriteEndObject();
                json.WriteString("access_token"u8, state.connector.Token);
            }));
        }

        var fileId = Payload.FileId(message);
        var (media, missing) = await FindMediaAsync(fileId, MaxSize("file"));
        if (media is null)
        {
            return missing;
        }

        var type = TypeOf(media.MimeType);
        return media.Size > MaxSize(type) ? Verdict.Failed("file_too_large")
            : _options.Uploads ? await UploadAsync(message.Address, fileId, media, type)
            : await PostAsync(Forms.Json((connector: this, message, type, media), static (json, state) =>
            {
                state.connector.WriteHead(json, state.message.Address);
                json.WritePropertyName("message"u8);
                json.WriteStartObject();
                WriteAttachment(json, state.type, state.media.Link.AbsoluteUri);
                json.WriteEndObject();
                json.WriteString("access_token"u8, state.connector.Token);
            }));
    }

    private string Token => _options.AccessToken;

    private async Task<Verdict> UploadAsync(string recipient, string fileId, MediaLink media, string type)
    {
        var fields = new List<(string, string)>
        {
            ("recipient", Forms.JsonText(recipient, static (json, id) => json.WriteString("id"u8, id))),
            ("message", Forms.JsonText(type, static (json, type) => WriteAttachment(json, type, url: null))),
            ("access_token", Token),
        };
        if (MessagingType is { } messagingType)
        {
            fields.Add(("messaging_type", messagingType));
        }

        var (form, missing) = await FormAsync(fileId, media, "filedata", [.. fields]);
        return form is null ? missing : await PostAsync(form);
    }

    private void WriteHead(Utf8JsonWriter json, string recipient)
    {
        json.WriteStartObject("recipient"u8);
        json.WriteString("id"u8, recipient);
        json.WriteEndObject();
        if (MessagingType is { } type)
        {
            json.WriteString("messaging_type"u8, type);
        }
    }

    private static void WriteAttachment(Utf8JsonWriter json, string type, string? url)
    {
        json.WriteStartObject("attachment"u8);
        json.WriteString("type"u8, type);
        json.WriteStartObject("payload"u8);
        if (url is not null)
        {
            json.WriteString("url"u8, url);
        }

        json.WriteBoolean("is_reusable"u8, false);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private Task<Verdict> PostAsync(HttpContent body) => Client.PostAsync(_messages, body, authorization: null, answer => AnswerReader.Read(
        answer,
        static body => body.GetProperty("message_id").GetString() is { Length: > 0 } id ? Verdict.Sent(id) : null,
        body => GraphError.Of(body, answer) is { } error ? GraphMessagingErrors.Meaning(error) : null));

    private static string TypeOf(string mimeType) =>
        mimeType.StartsWith("image/", StringComparison.Ordinal) ? "image"
        : mimeType.StartsWith("video/", StringComparison.Ordinal) ? "video"
        : mimeType.StartsWith("audio/", StringComparison.Ordinal) ? "audio"
        : "file";
}
