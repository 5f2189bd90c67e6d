using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Connectors.Http;

/// <summary>Bodies of requests.</summary>
internal static class Forms
{
    /// <summary>A JSON object.</summary>
    public static HttpContent Json<TState>(TState state, Action<Utf8JsonWriter, TState> fields) =>
        new ByteArrayContent(EventJson.Write(state, fields)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    /// <summary>The text of a JSON object, for a field of a form.</summary>
    public static string JsonText<TState>(TState state, Action<Utf8JsonWriter, TState> fields) => Encoding.UTF8.GetString(EventJson.Write(state, fields));

    /// <summary>A form whose last part is a file of known length, streamed.</summary>
    public static HttpContent WithFile(Stream content, MediaLink media, string fileField, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        // Names are quoted and file names are plain UTF-8, as browsers send them (RFC 7578); not every parser takes what the framework would write.
        var form = new MultipartContent("form-data") { HeaderEncodingSelector = static (_, _) => Encoding.UTF8 };
        foreach (var (name, value) in fields)
        {
            var field = new ByteArrayContent(Encoding.UTF8.GetBytes(value));
            field.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"{name}\"");
            form.Add(field);
        }

        var file = new FileContent(content, media.Size);
        file.Headers.ContentType = MediaTypeHeaderValue.TryParse(media.MimeType, out var type) ? type : new MediaTypeHeaderValue("application/octet-stream");
        file.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"{fileField}\"; filename=\"{Filename(media.Filename)}\"");
        form.Add(file);
        return form;
    }

    /// <summary>A name without what could end the header it stands in.</summary>
    private static string Filename(string name) => string.Concat(name.Select(static c => c is '"' or '\\' || char.IsControl(c) ? '_' : c));
}
