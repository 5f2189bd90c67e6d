using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Api;

/// <summary>Reads request bodies that are one JSON object.</summary>
internal static class JsonBody
{
    /// <summary>The body. Throws 415 for another media type and <c>malformed_json</c> for anything but the expected object.</summary>
    public static async ValueTask<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new ProblemException(
                StatusCodes.Status415UnsupportedMediaType, ProblemCodes.UnsupportedMediaType, "The body must be application/json.");
        }

        return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
            ?? throw ChatException.Invalid(ErrorCodes.MalformedJson, "The body must be a JSON object.");
    }

    /// <summary>As <see cref="ReadAsync"/>, but no body at all counts as <paramref name="absent"/>.</summary>
    public static ValueTask<T> ReadOptionalAsync<T>(HttpContext context, JsonTypeInfo<T> type, T absent)
        where T : class =>
        context.Request.ContentLength is 0 || (context.Request.ContentLength is null && context.Request.ContentType is null)
            ? ValueTask.FromResult(absent)
            : ReadAsync(context, type);

    /// <summary>Answers with a JSON object.</summary>
    public static Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
