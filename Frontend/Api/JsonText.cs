using Chat4All.Grains.Abstractions;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Chat4All.Frontend.Api;

/// <summary>Reads JSON that strangers sent: valid UTF-8, no lone surrogates, no NUL (which the stores cannot hold), numbers that fit.</summary>
internal static class JsonText
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 32 };

    /// <summary>A reader at the first token of the body. Throws <c>malformed_json</c>.</summary>
    public static Utf8JsonReader Open(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
        {
            throw ChatException.Invalid(ErrorCodes.MalformedJson, "The body is not valid UTF-8.");
        }

        var json = new Utf8JsonReader(body, ReaderOptions);
        json.Read();
        return json;
    }

    /// <summary>Throws <see cref="JsonException"/> when something stands behind the value that the reader just ended.</summary>
    public static void RequireEnd(ref Utf8JsonReader json)
    {
        if (json.Read())
        {
            throw ChatException.Invalid(ErrorCodes.MalformedJson, "Something follows the JSON object.");
        }
    }

    /// <summary>The string at the reader, or null with a finding when it is no string or holds what cannot be stored.</summary>
    public static string? ReadString(ref Utf8JsonReader json, string field, FieldErrors errors)
    {
        if (json.TokenType != JsonTokenType.String)
        {
            errors.Add(field, "must be a string");
            json.Skip();
            return null;
        }

        if (TryDecode(ref json, out var text))
        {
            return text;
        }

        errors.Add(field, "must not hold U+0000 or half a surrogate pair");
        return null;
    }

    /// <summary>The object at the reader as the bytes that were sent, or null with a finding.</summary>
    /// <param name="body">What the reader reads.</param>
    /// <param name="maxBytes">Largest text accepted.</param>
    public static string? ReadObject(ref Utf8JsonReader json, ReadOnlySpan<byte> body, string field, int maxBytes, FieldErrors errors)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            errors.Add(field, "must be an object");
            json.Skip();
            return null;
        }

        var start = (int)json.TokenStartIndex;
        var depth = json.CurrentDepth;
        var storable = true;
        while (json.Read() && !(json.TokenType == JsonTokenType.EndObject && json.CurrentDepth == depth))
        {
            storable &= json.TokenType switch
            {
                JsonTokenType.String or JsonTokenType.PropertyName => !json.ValueIsEscaped || TryDecode(ref json, out _),
                JsonTokenType.Number => json.ValueSpan.Length <= 64 && json.TryGetDouble(out var number) && double.IsFinite(number),
                _ => true,
            };
        }

        var length = (int)json.BytesConsumed - start;
        if (length > maxBytes)
        {
            errors.Add(field, $"must be at most {maxBytes} bytes");
            return null;
        }

        if (!storable)
        {
            errors.Add(field, "must not hold U+0000, half a surrogate pair or a number beyond double precision");
            return null;
        }

        return Encoding.UTF8.GetString(body.Slice(start, length));
    }

    private static bool TryDecode(ref Utf8JsonReader json, out string? text)
    {
        try
        {
            text = json.GetString();
            return text is not null && !text.Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            text = null;
            return false;
        }
    }
}
