using System.Text.Json;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Connectors.Http;

/// <summary>Reads the payload that a message was stored with.</summary>
internal static class Payload
{
    public static string Text(OutgoingMessage message) => Field(message, "text");

    public static string FileId(OutgoingMessage message) => Field(message, "file_id");

    public static (string Name, string Language, string[] Parameters) Template(OutgoingMessage message)
    {
        using var json = JsonDocument.Parse(message.Payload);
        var template = json.RootElement;
        return (
            template.GetProperty("name").GetString()!,
            template.GetProperty("language").GetString()!,
            [.. template.GetProperty("parameters").EnumerateArray().Select(static parameter => parameter.GetString()!)]);
    }

    private static string Field(OutgoingMessage message, string name)
    {
        using var json = JsonDocument.Parse(message.Payload);
        return json.RootElement.GetProperty(name).GetString()!;
    }
}
