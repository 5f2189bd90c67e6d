using System.Text;
using System.Text.Json;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Grains.Events;

/// <summary>The <c>payload</c> object in the fixed form in which it is stored. Whoever makes a payload makes it here.</summary>
public static class MessagePayload
{
    /// <summary>What a stored text payload starts with; the text's JSON literal and one brace follow.</summary>
    internal const string TextPrefix = """{"type":"text","text":""";

    /// <summary>A text message's payload.</summary>
    public static string Text(string text) =>
        string.Concat(TextPrefix, "\"", EventJson.WriterOptions.Encoder!.Encode(text), "\"}");

    /// <summary>A file message's payload.</summary>
    public static string File(string fileId) => Build("file", "file_id", fileId);

    /// <summary>The payload of one of WhatsApp's pre-approved templates.</summary>
    /// <param name="language">As WhatsApp writes it: <c>en</c>, <c>pt_BR</c>.</param>
    /// <param name="parameters">The values of the template's body, in their order.</param>
    public static string Template(string name, string language, IReadOnlyList<string> parameters) =>
        Encoding.UTF8.GetString(EventJson.Write((name, language, parameters), static (json, state) =>
        {
            json.WriteString("type"u8, "template"u8);
            json.WriteString("name"u8, state.name);
            json.WriteString("language"u8, state.language);
            json.WriteStartArray("parameters"u8);
            foreach (var parameter in state.parameters)
            {
                json.WriteStringValue(parameter);
            }

            json.WriteEndArray();
        }));

    /// <summary>A system message's payload: <c>event</c> is <c>member.joined</c> or <c>member.left</c>.</summary>
    public static string System(string eventType, string userId) =>
        Encoding.UTF8.GetString(EventJson.Write((eventType, userId), static (json, state) =>
        {
            json.WriteString("type"u8, "system"u8);
            json.WriteString("event"u8, state.eventType);
            json.WriteString("user_id"u8, state.userId);
        }));

    /// <summary>One line for lists and notifications: the text, file id, template name or event.</summary>
    public static string Preview(PayloadKind kind, string payload)
    {
        using var json = JsonDocument.Parse(payload);
        var field = kind switch
        {
            PayloadKind.Text => "text",
            PayloadKind.File => "file_id",
            PayloadKind.Template => "name",
            _ => "event",
        };
        return json.RootElement.GetProperty(field).GetString()!;
    }

    private static string Build(string type, string field, string value) =>
        Encoding.UTF8.GetString(EventJson.Write((type, field, value), static (json, state) =>
        {
            json.WriteString("type"u8, state.type);
            json.WriteString(state.field, state.value);
        }));
}
