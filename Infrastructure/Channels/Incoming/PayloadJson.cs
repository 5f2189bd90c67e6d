using System.Globalization;
using System.Text.Json;

namespace Chat4All.Infrastructure.Incoming;

/// <summary>Looks into JSON that a platform sent. What is missing or of another type is null: platforms add and leave out as they like.</summary>
internal static class PayloadJson
{
    /// <summary>The root. Throws <see cref="FormatException"/> unless it is an object whose field <c>object</c> has this value.</summary>
    public static JsonElement RequireObject(JsonDocument document, string name) =>
        document.RootElement.Text("object") == name ? document.RootElement : throw new FormatException($"The body is no {name} notification.");

    public static JsonElement? Field(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static JsonElement? Field(this JsonElement element, string name, string inner) => element.Field(name)?.Field(inner);

    /// <summary>The elements of a list; none when there is no list.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.Field(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    /// <summary>A string, or a number as it was written. U+0000, which no store holds, becomes U+FFFD.</summary>
    public static string? Text(this JsonElement element, string name) => element.Field(name) switch
    {
        { ValueKind: JsonValueKind.String } text => Decode(text),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    public static string? Text(this JsonElement element, string name, string inner) => element.Field(name)?.Text(inner);

    /// <summary>A text that a message cannot do without.</summary>
    public static string Require(this JsonElement element, string name) =>
        element.Text(name) is { Length: > 0 and <= 512 } text ? text : throw new FormatException($"'{name}' is missing.");

    public static bool IsTrue(this JsonElement element, string name) => element.Field(name) is { ValueKind: JsonValueKind.True };

    /// <summary>A point in time in seconds or, where <paramref name="scale"/> is 1, milliseconds since 1970, as a number or a string; null when it is none.</summary>
    public static DateTimeOffset? Time(this JsonElement element, string name, long scale) =>
        long.TryParse(element.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() * 1000 / scale
            ? DateTimeOffset.FromUnixTimeMilliseconds(value * scale)
            : null;

    private static string Decode(JsonElement text)
    {
        try
        {
            return text.GetString()!.Replace('\0', '\uFFFD');
        }
        catch (InvalidOperationException half)
        {
            throw new FormatException("A text holds half a surrogate pair.", half);
        }
    }
}
