using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chat4All.Grains.Events;

namespace Chat4All.Frontend.Api;

/// <summary>Writes a JSON answer straight into the response, through a writer that each thread keeps.</summary>
internal static class JsonAnswer
{
    [ThreadStatic]
    private static Utf8JsonWriter? s_writer;

    public static Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        var writer = s_writer ??= new Utf8JsonWriter(Stream.Null, EventJson.WriterOptions);
        writer.Reset(response.BodyWriter);
        JsonSerializer.Serialize(writer, value, type);
        writer.Flush();
        response.ContentLength = writer.BytesCommitted;
        writer.Reset(Stream.Null);
        var flush = response.BodyWriter.FlushAsync(context.RequestAborted);
        return flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask();
    }
}
