using System.Text;
using System.Text.Json;

namespace Chat4All.Frontend.RealTime.Protocol;

/// <summary>What a client sent: <c>{type, ref?, data}</c>, its parts not yet looked into.</summary>
/// <param name="Type">Empty when there is none.</param>
/// <param name="Reference">The <c>ref</c> as JSON, a string or a number; null when absent.</param>
/// <param name="Data">The <c>data</c> as UTF-8 JSON; empty when absent.</param>
internal readonly record struct ClientFrame(string Type, string? Reference, ReadOnlyMemory<byte> Data)
{
    /// <summary>Longest <c>ref</c>, in bytes of JSON.</summary>
    private const int MaxReference = 128;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 32 };

    /// <summary>Reads a frame's outline. Throws <see cref="JsonException"/> when it is no JSON object or its <c>type</c> or <c>ref</c> is of the wrong kind.</summary>
    public static ClientFrame Parse(ReadOnlyMemory<byte> text)
    {
        var json = new Utf8JsonReader(text.Span, Options);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A frame is a JSON object.");
        }

        var frame = new ClientFrame("", null, default);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8))
            {
                frame = frame with { Type = ReadType(ref json) };
            }
            else if (json.ValueTextEquals("ref"u8))
            {
                frame = frame with { Reference = ReadReference(ref json, text) };
            }
            else if (json.ValueTextEquals("data"u8))
            {
                frame = frame with { Data = ReadRaw(ref json, text) };
            }
            else
            {
                json.Skip();
            }
        }

        // Something behind the object is an error too.
        json.Read();
        return frame;
    }

    private static string ReadType(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.String || json.ValueIsEscaped)
        {
            throw new JsonException("type is one of a few plain words.");
        }

        return json.GetString()!;
    }

    private static string? ReadReference(ref Utf8JsonReader json, ReadOnlyMemory<byte> text)
    {
        var raw = ReadRaw(ref json, text);
        return json.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.String or JsonTokenType.Number when raw.Length <= MaxReference => Encoding.UTF8.GetString(raw.Span),
            _ => throw new JsonException("ref is a short string or a number."),
        };
    }

    private static ReadOnlyMemory<byte> ReadRaw(ref Utf8JsonReader json, ReadOnlyMemory<byte> text)
    {
        json.Read();
        var start = (int)json.TokenStartIndex;
        json.Skip();
        return text[start..(int)json.BytesConsumed];
    }
}
