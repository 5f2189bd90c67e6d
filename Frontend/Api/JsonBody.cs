using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Api;

/// <summary>Reads request bodies that are one JSON object.</summary>
internal static class JsonBody
{
    /// <summary>The body. Throws 415 for another media type and <c>malformed_json</c> for anything but the expected object in valid UTF-8.</summary>
    public static ValueTask<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class =>
        RequestBody.ReadAsync(context, (_, body) => Parse(body, type));

    /// <summary>As <see cref="ReadAsync"/>, but no body at all counts as <paramref name="absent"/>.</summary>
    public static ValueTask<T> ReadOptionalAsync<T>(HttpContext context, JsonTypeInfo<T> type, T absent)
        where T : class =>
        context.Request.ContentLength is 0 || (context.Request.ContentLength is null && context.Request.ContentType is null)
            ? ValueTask.FromResult(absent)
            : ReadAsync(context, type);

    private static T Parse<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type)
        where T : class =>
        // The serializer does not look into strings that it skips.
        Utf8.IsValid(body) && JsonSerializer.Deserialize(body, type) is { } value
            ? value
            : throw ChatException.Invalid(ErrorCodes.MalformedJson, "The body must be a JSON object in UTF-8.");
}
