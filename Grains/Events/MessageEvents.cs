using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Events;

/// <summary>The <c>data</c> of events about messages. Live, replayed and published ones are the same bytes.</summary>
public static class MessageEvents
{
    /// <summary><c>message.created</c>.</summary>
    /// <param name="senderName">Null for system messages.</param>
    public static byte[] Created(StoredMessage message, string? senderName) =>
        EventJson.Write((message, senderName), static (json, state) =>
        {
            var (message, senderName) = state;
            json.WriteString("message_id"u8, message.MessageId);
            json.WriteString("conversation_id"u8, message.ConversationId);
            json.WriteNumber("seq"u8, message.Seq);
            json.WriteString("sender_id"u8, message.SenderId);
            json.WriteString("sender_name"u8, senderName);
            WriteContent(json, message);
            json.WritePropertyName("payload"u8);
            json.WriteRawValue(message.Payload, skipInputValidation: true);
            WriteChannels(json, message.Channels);
            json.WriteString("priority"u8, MessageNames.Of(message.Priority));
            json.WriteString("status"u8, MessageNames.Of(message.Status));
            WriteOptional(json, message);
            json.WriteTimestamp("created_at"u8, message.CreatedAt);
        });

    /// <summary>
    /// <c>message.status_updated</c>. Without channel and recipient it is the message's status that changed; with them it is one delivery's, and <paramref name="messageStatus"/> says how far
    /// the message is, unless this is its only delivery.
    /// </summary>
    public static byte[] StatusUpdated(
        MessageKey message,
        string conversationId,
        MessageStatus from,
        MessageStatus to,
        string? channel,
        string? recipient,
        DateTimeOffset at,
        MessageStatus? messageStatus = null) =>
        EventJson.Write((message, conversationId, from, to, channel, recipient, at, messageStatus), static (json, e) =>
        {
            json.WriteString("message_id"u8, e.message.MessageId);
            json.WriteString("conversation_id"u8, e.conversationId);
            json.WriteNumber("seq"u8, e.message.Seq);
            json.WriteString("old_status"u8, MessageNames.Of(e.from));
            json.WriteString("new_status"u8, MessageNames.Of(e.to));
            if (e.channel is not null)
            {
                json.WriteString("channel"u8, e.channel);
                json.WriteString("recipient"u8, e.recipient);
            }

            if (e.messageStatus is { } messageStatus)
            {
                json.WriteString("message_status"u8, MessageNames.Of(messageStatus));
            }

            json.WriteTimestamp("updated_at"u8, e.at);
        });

    /// <summary>The <c>message.status_updated</c> of a set of changes: each delivery's, and each message's behind those of its deliveries.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> StatusChanges(DeliveryChanges changes)
    {
        foreach (var change in changes.Deliveries)
        {
            if (!change.IsOnly)
            {
                yield return StatusUpdated(
                    change.Message, change.ConversationId, change.From, change.To, change.Channel, change.Recipient, change.At, change.MessageStatus);
            }
        }

        foreach (var change in changes.Messages)
        {
            yield return change.Outbox.Payload;
        }
    }

    /// <summary>Writes <c>channels</c> as an array of names.</summary>
    public static void WriteChannels(Utf8JsonWriter json, Channels channels)
    {
        json.WriteStartArray("channels"u8);
        foreach (var name in ChannelNames.List(channels))
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes <c>to</c>, <c>reply_to</c> and <c>metadata</c> where they are set.</summary>
    public static void WriteOptional(Utf8JsonWriter json, StoredMessage message)
    {
        if (message.To is not null)
        {
            json.WriteStartArray("to"u8);
            foreach (var range in message.To.AsSpan().Split(','))
            {
                json.WriteStringValue(message.To.AsSpan(range));
            }

            json.WriteEndArray();
        }

        if (message.ReplyTo is not null)
        {
            json.WriteString("reply_to"u8, message.ReplyTo);
        }

        if (message.Metadata is not null)
        {
            json.WritePropertyName("metadata"u8);
            json.WriteRawValue(message.Metadata, skipInputValidation: true);
        }
    }

    private static void WriteContent(Utf8JsonWriter json, StoredMessage message)
    {
        if (message.Kind == PayloadKind.Text)
        {
            json.WritePropertyName("content"u8);
            json.WriteRawValue(TextLiteral(message.Payload), skipInputValidation: true);
        }
        else
        {
            json.WriteString("content"u8, MessagePayload.Preview(message.Kind, message.Payload));
        }
    }

    /// <summary>The JSON string literal of <c>text</c> in a text payload, without decoding and encoding it again.</summary>
    private static ReadOnlySpan<char> TextLiteral(string payload) =>
        payload.AsSpan()[MessagePayload.TextPrefix.Length..^1];
}
