using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Connectors.Http;

namespace Chat4All.Infrastructure.Connectors.Telegram;

/// <summary>Sends as a bot over Telegram's Bot API: https://core.telegram.org/bots/api#making-requests. The token is part of the path, which therefore is never logged.</summary>
internal sealed class TelegramConnector(PlatformParts parts, TelegramOptions options) : PlatformConnector(parts, options)
{
    private const int MaxText = 4096;

    private readonly TelegramOptions _options = options;
    private readonly string _methods = $"{options.BaseUrl.TrimEnd('/')}/bot{options.BotToken}/";

    public override Channels Channel => Channels.Telegram;

    protected override string? Refusal(OutgoingMessage message) =>
        !IsChatId(message.Address) ? "invalid_address"
        : message.Kind is not (PayloadKind.Text or PayloadKind.File) ? "unsupported_payload"
        : message.Kind == PayloadKind.Text && Payload.Text(message).Length > MaxText ? "text_too_long"
        : null;

    protected override PaceLimit[] Limits(OutgoingMessage message) =>
        message.Address[0] is '-' or '@' ? [Recipient(message, _options.GroupInterval, _options.GroupBurst), SenderLimit] : base.Limits(message);

    protected override async Task<Verdict> RequestAsync(OutgoingMessage message)
    {
        if (message.Kind == PayloadKind.Text)
        {
            return await PostAsync("sendMessage", message.Address, Forms.Json((message.Address, text: Payload.Text(message)), static (json, state) =>
            {
                WriteChat(json, state.Address);
                json.WriteString("text"u8, state.text);
            }));
        }

        var fileId = Payload.FileId(message);
        var (media, missing) = await FindMediaAsync(fileId, TelegramMedia.MaxUpload);
        if (media is null)
        {
            return missing;
        }

        if (!_options.Uploads && TelegramMedia.ByLink(media) is { } fetched)
        {
            return await PostAsync(fetched.Method, message.Address, Forms.Json((message.Address, fetched.Field, media), static (json, state) =>
            {
                WriteChat(json, state.Address);
                json.WriteString(state.Field, state.media.Link.AbsoluteUri);
            }));
        }

        var (method, field) = TelegramMedia.ByUpload(media);
        var (form, unreadable) = await FormAsync(fileId, media, field, ("chat_id", message.Address));
        return form is null ? unreadable : await PostAsync(method, message.Address, form);
    }

    private Task<Verdict> PostAsync(string method, string chat, HttpContent body) => Client.PostAsync(new Uri(_methods + method), body, authorization: null, answer => AnswerReader.Read(
        answer,
        body => body.GetProperty("ok").GetBoolean() ? Verdict.Sent(ExternalId(chat, body.GetProperty("result").GetProperty("message_id").GetInt64())) : null,
        TelegramErrors.Meaning));

    /// <summary>Message ids count within a chat, and the chat is the recipient's address, which others must not see: a hash tells chats apart.</summary>
    private static string ExternalId(string chat, long messageId) => string.Create(
        CultureInfo.InvariantCulture, $"tg.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(chat)).AsSpan(0, 8))}.{messageId}");

    private static void WriteChat(Utf8JsonWriter json, string chat)
    {
        if (chat[0] == '@')
        {
            json.WriteString("chat_id"u8, chat);
        }
        else
        {
            json.WriteNumber("chat_id"u8, long.Parse(chat, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>A number, negative for groups, or a public channel's name.</summary>
    private static bool IsChatId(string address) =>
        address.StartsWith('@')
            ? address.Length is >= 5 and <= 33 && address.Skip(1).All(static c => char.IsAsciiLetterOrDigit(c) || c == '_')
            : long.TryParse(address, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id) && id != 0 && address[0] != '+';
}
