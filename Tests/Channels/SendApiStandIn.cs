using System.Text.Json;

namespace Chat4All.Tests.Connectors;

/// <summary>The Graph API's Send API, for Messenger or Instagram.</summary>
internal sealed class SendApiStandIn(string? messagingType, int maxText) : PlatformStandIn
{
    public const string Token = "EAAP-a-page-token-of-tests";
    public const string PageId = "1029384756";

    private static readonly string[] AttachmentTypes = ["image", "video", "audio", "file"];

    public static async Task<SendApiStandIn> StartAsync(string? messagingType, int maxText)
    {
        var platform = new SendApiStandIn(messagingType, maxText);
        await platform.ListenAsync();
        return platform;
    }

    protected override (int Status, object Body) Refuse(string violation) =>
        (400, new { error = new { message = $"(#100) {violation}", type = "OAuthException", code = 100, error_subcode = 2018320, fbtrace_id = "A1" } });

    protected override object Check(ReceivedRequest request, string newId)
    {
        request.Require(request.Method == "POST" && request.Path == $"/v23.0/{PageId}/messages", "POST /{version}/{page id}/messages");
        request.Require(request.Query.Length == 0 && request.Authorization is null, "the token in the body, which no log shows");
        var fields = new List<(string, string)> { ("recipient", "object"), ("message", "object"), ("access_token", "string") };
        if (messagingType is not null)
        {
            fields.Add(("messaging_type", "string"));
        }

        var json = request.IsForm ? OfForm(request) : request.Json;
        request.Require(request.IsForm || request.ContentType == "application/json", "Content-Type: application/json");
        request.RequireFields(json, "body", [.. fields]);
        if (request.Violations.Count == 0)
        {
            CheckFields(request, json);
        }

        return new { recipient_id = "1254459154682919", message_id = $"m_{newId}" };
    }

    private void CheckFields(ReceivedRequest request, JsonElement json)
    {
        request.Require(json.GetProperty("access_token").GetString() == Token, "access_token");
        request.Require(messagingType is null || json.GetProperty("messaging_type").GetString() == messagingType, $"messaging_type {messagingType}");
        request.RequireFields(json.GetProperty("recipient"), "recipient", ("id", "string"));
        var message = json.GetProperty("message");
        if (message.TryGetProperty("text", out var text))
        {
            request.RequireFields(message, "message", ("text", "string"));
            request.Require(text.GetString()!.Length <= maxText, "message.text is not too long");
            return;
        }

        request.RequireFields(message, "message", ("attachment", "object"));
        var attachment = message.GetProperty("attachment");
        request.RequireFields(attachment, "attachment", ("type", "string"), ("payload", "object"));
        request.Require(AttachmentTypes.Contains(attachment.GetProperty("type").GetString()), "attachment.type");
        request.RequireFields(attachment.GetProperty("payload"), "payload", ("url", request.IsForm ? "none?" : "string"), ("is_reusable", "boolean?"));
    }

    /// <summary>A form's fields are the same objects as JSON text, and filedata beside them.</summary>
    private static JsonElement OfForm(ReceivedRequest request)
    {
        request.Require(request.File is { Field: "filedata" }, "a file named filedata");
        var fields = request.Form.ToDictionary(field => field.Key, field => field.Value.StartsWith('{') ? field.Value : JsonSerializer.Serialize(field.Value));
        return JsonDocument.Parse($"{{{string.Join(',', fields.Select(field => $"\"{field.Key}\":{field.Value}"))}}}").RootElement;
    }
}
