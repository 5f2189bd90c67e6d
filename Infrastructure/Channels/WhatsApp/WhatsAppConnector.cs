using System.Net.Http.Headers;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Connectors.Graph;
using Chat4All.Infrastructure.Connectors.Http;

namespace Chat4All.Infrastructure.Connectors.WhatsApp;

/// <summary>Sends over WhatsApp's Cloud API: https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages.</summary>
internal sealed class WhatsAppConnector(PlatformParts parts, WhatsAppOptions options) : PlatformConnector(parts, options)
{
    private const int MaxText = 4096;

    private readonly WhatsAppOptions _options = options;
    private readonly Uri _messages = new($"{options.BaseUrl.TrimEnd('/')}/{options.PhoneNumberId}/messages");
    private readonly Uri _media = new($"{options.BaseUrl.TrimEnd('/')}/{options.PhoneNumberId}/media");
    private readonly AuthenticationHeaderValue _authorization = new("Bearer", options.AccessToken);

    public override Channels Channel => Channels.WhatsApp;

    protected override string? Refusal(OutgoingMessage message) =>
        !IsPhoneNumber(message.Address) ? "invalid_address"
        : _options.CheckWindow && message.Kind != PayloadKind.Template && IsOutsideWindow(message) ? "outside_window"
        : message.Kind == PayloadKind.Text && Payload.Text(message).Length > MaxText ? "text_too_long"
        : null;

    protected override async Task<Verdict> RequestAsync(OutgoingMessage message)
    {
        switch (message.Kind)
        {
            case PayloadKind.Text:
                return await PostAsync(WhatsAppJson.Text(message.Address, Payload.Text(message)));
            case PayloadKind.Template:
                var (name, language, parameters) = Payload.Template(message);
                return await PostAsync(WhatsAppJson.Template(message.Address, name, language, parameters));
            case PayloadKind.File:
                return await SendFileAsync(message, Payload.FileId(message));
            default:
                return Verdict.Failed("unsupported_payload");
        }
    }

    private async Task<Verdict> SendFileAsync(OutgoingMessage message, string fileId)
    {
        var (media, missing) = await FindMediaAsync(fileId, WhatsAppMedia.MaxDocument);
        if (media is null)
        {
            return missing;
        }

        var type = WhatsAppMedia.TypeOf(media);
        if (!_options.Uploads)
        {
            return await PostAsync(WhatsAppJson.Media(message.Address, type, "link", media.Link.AbsoluteUri, media.Filename));
        }

        var (id, failed) = await UploadAsync(fileId, media);
        return id is null ? failed : await PostAsync(WhatsAppJson.Media(message.Address, type, "id", id, media.Filename));
    }

    /// <summary>Gives the platform the file; the recipient sees nothing of that, so whatever happens it may be done again.</summary>
    private async Task<(string? Id, Verdict Failure)> UploadAsync(string fileId, MediaLink media)
    {
        var (form, missing) = await FormAsync(fileId, media, "file", ("messaging_product", "whatsapp"), ("type", media.MimeType));
        if (form is null)
        {
            return (null, missing);
        }

        string? id = null;
        var verdict = await Client.PostAsync(_media, form, _authorization, answer => AnswerReader.Read(
            answer,
            body => body.GetProperty("id").GetString() is { Length: > 0 } given ? Verdict.Sent(id = given) : null,
            body => GraphError.Of(body, answer) is { } error ? WhatsAppErrors.Meaning(error, _options.RecipientInterval) : null));
        return (id, verdict.Result.Outcome == AttemptOutcome.Unknown ? Verdict.Retry("upload_failed") : verdict);
    }

    private Task<Verdict> PostAsync(HttpContent body) => Client.PostAsync(_messages, body, _authorization, answer => AnswerReader.Read(
        answer,
        static body => body.GetProperty("messages")[0].GetProperty("id").GetString() is { Length: > 0 } id ? Verdict.Sent(id) : null,
        body => GraphError.Of(body, answer) is { } error ? WhatsAppErrors.Meaning(error, _options.RecipientInterval) : null));

    private static bool IsPhoneNumber(string address)
    {
        var digits = address.AsSpan().TrimStart('+');
        return digits.Length is >= 5 and <= 20 && address.Length - digits.Length <= 1 && !digits.ContainsAnyExceptInRange('0', '9');
    }
}
