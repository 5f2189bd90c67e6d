using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;

namespace Chat4All.Frontend.Api;

/// <summary>Who sends: the authenticated caller, never what a body claims.</summary>
internal readonly record struct Sender(string UserId, string Username, string Name);

/// <summary>A message as clients send it, by REST, batch, WebSocket or SignalR: one reader, one set of rules.</summary>
/// <param name="FileId">The file of a file message, which nobody has looked for yet; null for any other.</param>
internal readonly record struct MessageRequest(string ConversationId, SendMessage Message, string? FileId)
{
    /// <summary>Longest text, in UTF-16 code units.</summary>
    public const int MaxText = 16_384;

    /// <summary>Largest <c>metadata</c>, in bytes.</summary>
    public const int MaxMetadata = 4_096;

    /// <summary>
    /// Reads the object at the reader and leaves the reader at its end. Findings go to <paramref name="errors"/>, and then the result is null.
    /// Throws <see cref="ChatException"/> <c>sender_mismatch</c> when <c>from</c> is not the caller, <see cref="JsonException"/> when the text is no JSON.
    /// </summary>
    /// <param name="body">What the reader reads.</param>
    /// <param name="idempotencyKey">Serves where <c>message_id</c> is absent.</param>
    public static MessageRequest? Read(
        ref Utf8JsonReader json, ReadOnlySpan<byte> body, Sender sender, string? idempotencyKey, TimeProvider time, FieldErrors errors)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            errors.Add("message", "must be an object");
            json.Skip();
            return null;
        }

        var fields = default(MessageFields);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            fields.ReadField(ref json, body, errors);
        }

        var id = fields.MessageId ?? idempotencyKey ?? Ids.New(time);
        if (!Ids.IsValid(id))
        {
            errors.Add("message_id", "must be 1 to 64 characters of A-Z a-z 0-9 . _ : - and start with a letter or digit");
        }

        var conversationId = RequireId(fields.ConversationId, "conversation_id", errors);
        if (!fields.ChannelsSeen)
        {
            errors.Add("channels", "is required");
        }

        var payload = fields.Payload ?? (fields.Content is { } content ? TextPayload(content, "content", errors) : null);
        if (payload is null && !fields.PayloadSeen && fields.Content is null && !fields.ContentSeen)
        {
            errors.Add("payload", "is required");
        }

        if (fields.Kind == PayloadKind.Template && fields.ChannelsSeen)
        {
            errors.Check(IsForTemplates(fields.Channels), "channels", "of a template must hold whatsapp or all, and no other platform");
        }

        if (errors.Any)
        {
            return null;
        }

        if (fields.From is { } from && from != sender.UserId && from != sender.Username)
        {
            throw ChatException.Forbidden(ErrorCodes.SenderMismatch, "The field from must be the authenticated user.");
        }

        return new MessageRequest(
            conversationId!,
            new SendMessage
            {
                MessageId = id,
                SenderId = sender.UserId,
                SenderName = sender.Name,
                Kind = fields.Kind,
                Payload = payload!,
                Channels = fields.Channels,
                Priority = fields.Priority ?? MessagePriority.Normal,
                ReplyTo = fields.ReplyTo,
                Metadata = fields.Metadata,
                To = fields.To,
            },
            fields.FileId);
    }

    /// <summary>The stored form of a text, or null with a finding.</summary>
    internal static string? TextPayload(string text, string field, FieldErrors errors)
    {
        if (text.Length is > 0 and <= MaxText)
        {
            return MessagePayload.Text(text);
        }

        errors.Add(field, $"must be 1 to {MaxText} characters");
        return null;
    }

    /// <summary>Only WhatsApp has templates.</summary>
    private static bool IsForTemplates(Channels channels) =>
        (channels & (Channels.WhatsApp | Channels.All)) != 0 && (channels & (Channels.Instagram | Channels.Messenger | Channels.Telegram)) == 0;

    private static string? RequireId(string? id, string field, FieldErrors errors)
    {
        if (id is null)
        {
            errors.Add(field, "is required");
        }
        else if (!Ids.IsValid(id))
        {
            errors.Add(field, "must be 1 to 64 characters of A-Z a-z 0-9 . _ : - and start with a letter or digit");
        }

        return id;
    }
}
