using System.Text.Json;
using Chat4All.Infrastructure.Connectors.Http;

namespace Chat4All.Infrastructure.Connectors.WhatsApp;

/// <summary>The bodies of <c>POST /{phone number id}/messages</c>.</summary>
internal static class WhatsAppJson
{
    public static HttpContent Text(string to, string text) => Forms.Json((to, text), static (json, message) =>
    {
        WriteHead(json, message.to, "text"u8);
        json.WriteStartObject("text"u8);
        json.WriteBoolean("preview_url"u8, false);
        json.WriteString("body"u8, message.text);
        json.WriteEndObject();
    });

    /// <param name="reference"><c>link</c> or <c>id</c>.</param>
    public static HttpContent Media(string to, string type, string reference, string value, string filename) =>
        Forms.Json((to, type, reference, value, filename), static (json, message) =>
        {
            WriteHead(json, message.to, JsonEncodedText.Encode(message.type).EncodedUtf8Bytes);
            json.WriteStartObject(message.type);
            json.WriteString(message.reference, message.value);
            if (message.type == "document")
            {
                json.WriteString("filename"u8, message.filename);
            }

            json.WriteEndObject();
        });

    public static HttpContent Template(string to, string name, string language, string[] parameters) =>
        Forms.Json((to, name, language, parameters), static (json, message) =>
        {
            WriteHead(json, message.to, "template"u8);
            json.WriteStartObject("template"u8);
            json.WriteString("name"u8, message.name);
            json.WriteStartObject("language"u8);
            json.WriteString("code"u8, message.language);
            json.WriteEndObject();
            if (message.parameters.Length > 0)
            {
                WriteParameters(json, message.parameters);
            }

            json.WriteEndObject();
        });

    private static void WriteHead(Utf8JsonWriter json, string to, ReadOnlySpan<byte> type)
    {
        json.WriteString("messaging_product"u8, "whatsapp"u8);
        json.WriteString("recipient_type"u8, "individual"u8);
        json.WriteString("to"u8, to);
        json.WriteString("type"u8, type);
    }

    /// <summary>The values of the template's body, in their order.</summary>
    private static void WriteParameters(Utf8JsonWriter json, string[] parameters)
    {
        json.WriteStartArray("components"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, "body"u8);
        json.WriteStartArray("parameters"u8);
        foreach (var parameter in parameters)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "text"u8);
            json.WriteString("text"u8, parameter);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
