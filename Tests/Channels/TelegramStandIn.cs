using System.Globalization;
using System.Text.Json;

namespace Chat4All.Tests.Connectors;

/// <summary>Telegram's Bot API.</summary>
internal sealed class TelegramStandIn : PlatformStandIn
{
    public const string Token = "123456:AAF-a_token_of_tests";

    private static readonly Dictionary<string, string> Methods = new()
    {
        ["sendMessage"] = "text", ["sendPhoto"] = "photo", ["sendVideo"] = "video", ["sendAudio"] = "audio", ["sendDocument"] = "document",
    };

    public static async Task<TelegramStandIn> StartAsync()
    {
        var platform = new TelegramStandIn();
        await platform.ListenAsync();
        return platform;
    }

    protected override (int Status, object Body) Refuse(string violation) => (400, new { ok = false, error_code = 400, description = $"Bad Request: {violation}" });

    protected override object Check(ReceivedRequest request, string newId)
    {
        request.Require(request.Method == "POST" && request.Query.Length == 0 && request.Authorization is null, "POST, the token in the path");
        var method = request.Path.StartsWith($"/bot{Token}/", StringComparison.Ordinal) ? request.Path[(Token.Length + 5)..] : "";
        if (!Methods.TryGetValue(method, out var content))
        {
            request.Violations.Add($"no such path: {request.Path}");
        }
        else if (request.IsForm)
        {
            request.Require(request.Form.Keys.Order().SequenceEqual(["chat_id"]), "chat_id and no other field");
            request.Require(request.File?.Field == content && method != "sendMessage", $"a file named {content}");
        }
        else
        {
            request.Require(request.ContentType == "application/json", "Content-Type: application/json");
            var isName = request.Json.TryGetProperty("chat_id", out var chat) && chat.ValueKind == JsonValueKind.String;
            request.RequireFields(request.Json, "body", ("chat_id", isName ? "string" : "number"), (content, "string"));
            request.Require(!isName || chat.GetString()!.StartsWith('@'), "chat_id is a number or the @name of a channel");
            var value = request.Json.TryGetProperty(content, out var field) ? field.GetString()! : "";
            request.Require(content == "text" ? value.Length is >= 1 and <= 4096 : value.StartsWith("http", StringComparison.Ordinal), $"{content} is not too long, or a URL");
        }

        return new { ok = true, result = new { message_id = long.Parse(newId, CultureInfo.InvariantCulture), date = 1764096000, chat = new { id = 42, type = "private" } } };
    }
}
