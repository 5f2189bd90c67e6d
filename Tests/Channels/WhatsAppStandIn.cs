using System.Text.Json;

namespace Chat4All.Tests.Connectors;

/// <summary>WhatsApp's Cloud API.</summary>
internal sealed class WhatsAppStandIn : PlatformStandIn
{
    public const string Token = "EAAG-a-token-of-tests";
    public const string PhoneNumberId = "106540352242922";

    private static readonly string[] MediaTypes = ["image", "video", "audio", "document"];

    public static async Task<WhatsAppStandIn> StartAsync()
    {
        var platform = new WhatsAppStandIn();
        await platform.ListenAsync();
        return platform;
    }

    protected override (int Status, object Body) Refuse(string violation) =>
        (400, new { error = new { message = $"(#100) {violation}", type = "OAuthException", code = 100, error_data = new { messaging_product = "whatsapp", details = violation }, fbtrace_id = "A1" } });

    protected override object Check(ReceivedRequest request, string newId)
    {
        request.Require(request.Method == "POST" && request.Query.Length == 0, "POST without a query");
        request.Require(request.Authorization == $"Bearer {Token}", "Authorization: Bearer");
        if (request.Path == $"/v23.0/{PhoneNumberId}/media")
        {
            CheckMedia(request);
            return new { id = $"media-{newId}" };
        }

        request.Require(request.Path == $"/v23.0/{PhoneNumberId}/messages", "POST /{version}/{phone number id}/messages");
        request.Require(request.ContentType == "application/json", "Content-Type: application/json");
        CheckMessage(request, request.Json);
        return new { messaging_product = "whatsapp", contacts = new[] { new { input = "15550123", wa_id = "15550123" } }, messages = new[] { new { id = $"wamid.{newId}" } } };
    }

    private static void CheckMedia(ReceivedRequest request)
    {
        request.Require(request.IsForm && request.File is { Field: "file", Name.Length: > 0 }, "multipart/form-data with a file");
        request.Require(request.Form.GetValueOrDefault("messaging_product") == "whatsapp", "messaging_product is whatsapp");
        request.Require(request.Form.GetValueOrDefault("type") == request.File?.Type, "type is the file's");
        request.Require(request.Form.Count == 2, "no other field");
    }

    private static void CheckMessage(ReceivedRequest request, JsonElement json)
    {
        var type = json.TryGetProperty("type", out var name) ? name.GetString() ?? "" : "";
        request.RequireFields(json, "body", ("messaging_product", "string"), ("recipient_type", "string?"), ("to", "string"), ("type", "string"), (type, "object"));
        if (request.Violations.Count > 0)
        {
            return;
        }

        request.Require(json.GetProperty("messaging_product").GetString() == "whatsapp", "messaging_product is whatsapp");
        request.Require(json.GetProperty("recipient_type").GetString() == "individual", "recipient_type is individual");
        request.Require(json.GetProperty("to").GetString()!.TrimStart('+').All(char.IsAsciiDigit), "to is a phone number");
        var content = json.GetProperty(type);
        if (type == "text")
        {
            request.RequireFields(content, "text", ("body", "string"), ("preview_url", "boolean?"));
            request.Require(content.GetProperty("body").GetString()!.Length is >= 1 and <= 4096, "text.body has 1 to 4096 characters");
        }
        else if (type == "template")
        {
            CheckTemplate(request, content);
        }
        else
        {
            request.Require(MediaTypes.Contains(type), $"type {type}");
            request.RequireFields(content, type, ("id", "string?"), ("link", "string?"), (type == "document" ? "filename" : "caption", "string?"));
            request.Require(content.TryGetProperty("id", out _) != content.TryGetProperty("link", out var link), "either id or link");
            request.Require(link.ValueKind == JsonValueKind.Undefined || link.GetString()!.StartsWith("http", StringComparison.Ordinal), "link is a URL");
        }
    }

    private static void CheckTemplate(ReceivedRequest request, JsonElement template)
    {
        request.RequireFields(template, "template", ("name", "string"), ("language", "object"), ("components", "array?"));
        request.RequireFields(template.GetProperty("language"), "template.language", ("code", "string"));
        if (template.TryGetProperty("components", out var components))
        {
            var component = components.EnumerateArray().Single();
            request.RequireFields(component, "component", ("type", "string"), ("parameters", "array"));
            request.Require(component.GetProperty("type").GetString() == "body", "component of type body");
            foreach (var parameter in component.GetProperty("parameters").EnumerateArray())
            {
                request.RequireFields(parameter, "parameter", ("type", "string"), ("text", "string"));
                request.Require(parameter.GetProperty("type").GetString() == "text", "parameter of type text");
            }
        }
    }
}
