using System.Text.Json;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Api;

/// <summary>The fields of a message request while they are read; names of unknown fields are passed over.</summary>
internal struct MessageFields
{
    public string? MessageId { get; private set; }

    public string? ConversationId { get; private set; }

    public string? From { get; private set; }

    public string? To { get; private set; }

    public Channels Channels { get; private set; }

    public bool ChannelsSeen { get; private set; }

    public string? Payload { get; private set; }

    public bool PayloadSeen { get; private set; }

    public PayloadKind Kind { get; private set; }

    public string? FileId { get; private set; }

    public string? Content { get; private set; }

    public bool ContentSeen { get; private set; }

    public MessagePriority? Priority { get; private set; }

    public string? ReplyTo { get; private set; }

    public string? Metadata { get; private set; }

    /// <summary>Reads the field whose name the reader is at.</summary>
    public void ReadField(ref Utf8JsonReader json, ReadOnlySpan<byte> body, FieldErrors errors)
    {
        if (json.ValueTextEquals("message_id"u8))
        {
            MessageId = ReadText(ref json, "message_id", errors);
        }
        else if (json.ValueTextEquals("conversation_id"u8))
        {
            ConversationId = ReadText(ref json, "conversation_id", errors);
        }
        else if (json.ValueTextEquals("from"u8))
        {
            From = ReadText(ref json, "from", errors);
        }
        else if (json.ValueTextEquals("channels"u8))
        {
            json.Read();
            ReadChannels(ref json, errors);
        }
        else if (json.ValueTextEquals("payload"u8))
        {
            json.Read();
            ReadPayload(ref json, errors);
        }
        else if (json.ValueTextEquals("content"u8))
        {
            ContentSeen = true;
            Content = ReadText(ref json, "content", errors);
            Kind = PayloadSeen ? Kind : PayloadKind.Text;
        }
        else
        {
            ReadRareField(ref json, body, errors);
        }
    }

    private void ReadRareField(ref Utf8JsonReader json, ReadOnlySpan<byte> body, FieldErrors errors)
    {
        if (json.ValueTextEquals("priority"u8))
        {
            if (ReadText(ref json, "priority", errors) is { } name && (Priority = MessageNames.ParsePriority(name)) is null)
            {
                errors.Add("priority", "must be low, normal or high");
            }
        }
        else if (json.ValueTextEquals("reply_to"u8))
        {
            ReplyTo = ReadText(ref json, "reply_to", errors);
            if (ReplyTo is not null && !Ids.IsValid(ReplyTo))
            {
                errors.Add("reply_to", "must be a message id");
            }
        }
        else if (json.ValueTextEquals("metadata"u8))
        {
            json.Read();
            Metadata = json.TokenType == JsonTokenType.Null ? null : JsonText.ReadObject(ref json, body, "metadata", MessageRequest.MaxMetadata, errors);
        }
        else if (json.ValueTextEquals("to"u8))
        {
            json.Read();
            ReadRecipients(ref json, errors);
        }
        else
        {
            json.Read();
            json.Skip();
        }
    }

    /// <summary>A string, or null for JSON's null.</summary>
    private static string? ReadText(ref Utf8JsonReader json, string field, FieldErrors errors)
    {
        json.Read();
        return json.TokenType == JsonTokenType.Null ? null : JsonText.ReadString(ref json, field, errors);
    }

    private void ReadChannels(ref Utf8JsonReader json, FieldErrors errors)
    {
        ChannelsSeen = true;
        if (json.TokenType != JsonTokenType.StartArray)
        {
            errors.Add("channels", "must be an array of channel names");
            json.Skip();
            return;
        }

        var any = false;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            any = true;
            var channel = json.TokenType == JsonTokenType.String ? ParseChannel(ref json) : Channels.None;
            if (channel == Channels.None)
            {
                errors.Add("channels", "may hold whatsapp, instagram, messenger, telegram, chat4all and all");
                json.Skip();
            }

            Channels |= channel;
        }

        errors.Check(any, "channels", "must not be empty");
    }

    private static Channels ParseChannel(ref Utf8JsonReader json)
    {
        Span<char> name = stackalloc char[16];
        return json.HasValueSequence || json.ValueSpan.Length > name.Length || json.ValueIsEscaped
            ? Channels.None
            : ChannelNames.Parse(name[..json.CopyString(name)]);
    }

    private void ReadPayload(ref Utf8JsonReader json, FieldErrors errors)
    {
        PayloadSeen = true;
        var fields = default(MessagePayloadFields);
        Payload = fields.Read(ref json, errors);
        Kind = fields.Kind;
        FileId = fields.FileId;
    }

    private void ReadRecipients(ref Utf8JsonReader json, FieldErrors errors)
    {
        var ids = new SortedSet<string>(StringComparer.Ordinal);
        if (json.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (json.TokenType == JsonTokenType.StartArray)
        {
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                ids.Add(JsonText.ReadString(ref json, "to", errors) ?? "");
            }
        }
        else
        {
            ids.Add(JsonText.ReadString(ref json, "to", errors) ?? "");
        }

        if (ids.Count is 0 or > 100 || ids.Any(id => !Ids.IsValid(id)))
        {
            errors.Add("to", "must be 1 to 100 member ids");
            return;
        }

        To = string.Join(',', ids);
    }
}
