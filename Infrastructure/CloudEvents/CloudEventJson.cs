using System.Text.Json;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.CloudEvents;

/// <summary>
/// Events as every log keeps them: the CloudEvents 1.0 JSON format. The key is the <c>partitionkey</c> extension, the message the <c>subject</c>, the trace the
/// <c>traceparent</c> extension.
/// </summary>
public static class CloudEventJson
{
    /// <summary>Who emits: the same for every node, because consumers tell repeats by source and id.</summary>
    public const string Source = "chat4all";

    /// <summary>The media type of a whole envelope.</summary>
    public const string MediaType = "application/cloudevents+json; charset=utf-8";

    public static byte[] Write(LogEvent one) => EventJson.Write(one, static (writer, e) =>
    {
        writer.WriteString("specversion"u8, "1.0"u8);
        writer.WriteString("id"u8, e.Id);
        writer.WriteString("source"u8, Source);
        writer.WriteString("type"u8, e.Type);
        writer.WriteTimestamp("time"u8, e.Time);
        writer.WriteString("partitionkey"u8, e.Key);
        if (e.MessageId is not null)
        {
            writer.WriteString("subject"u8, e.MessageId);
        }

        if (e.TraceParent is not null)
        {
            writer.WriteString("traceparent"u8, e.TraceParent);
        }

        writer.WriteString("datacontenttype"u8, "application/json"u8);
        writer.WritePropertyName("data"u8);
        writer.WriteRawValue(e.Data.Span, skipInputValidation: true);
    });

    /// <summary>Reads an envelope; the data stays a part of <paramref name="json"/>. Attributes that it doesn't know are passed over. Throws <see cref="JsonException"/>.</summary>
    public static LogEvent Read(ReadOnlyMemory<byte> json)
    {
        string? id = null, type = null, key = null, subject = null, trace = null;
        DateTimeOffset? time = null;
        ReadOnlyMemory<byte>? data = null;
        var reader = new Utf8JsonReader(json.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("The envelope is not an object.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("data"u8))
            {
                data = Raw(json, ref reader);
            }
            else if (Text(ref reader, "id"u8, ref id) || Text(ref reader, "type"u8, ref type) || Text(ref reader, "partitionkey"u8, ref key)
                || Text(ref reader, "subject"u8, ref subject) || Text(ref reader, "traceparent"u8, ref trace))
            {
            }
            else if (reader.ValueTextEquals("time"u8))
            {
                reader.Read();
                time = reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var at) ? at : throw new JsonException("time is not a timestamp.");
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return new LogEvent
        {
            Id = id ?? throw Lacking("id"),
            Type = type ?? throw Lacking("type"),
            Key = key ?? throw Lacking("partitionkey"),
            MessageId = subject,
            Time = time ?? throw Lacking("time"),
            Data = data ?? throw Lacking("data"),
            TraceParent = trace,
        };
    }

    private static bool Text(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, ref string? value)
    {
        if (!reader.ValueTextEquals(name))
        {
            return false;
        }

        reader.Read();
        value = reader.TokenType is JsonTokenType.String or JsonTokenType.Null ? reader.GetString() : throw new JsonException("An attribute is not a string.");
        return true;
    }

    private static ReadOnlyMemory<byte> Raw(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    private static JsonException Lacking(string attribute) => new($"The envelope has no {attribute}.");
}
