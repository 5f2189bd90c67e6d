using System.Text.Json.Nodes;

namespace Chat4All.Tests.Api;

/// <summary>A call that works for every route of the contract with a JSON body.</summary>
internal static class ApiCalls
{
    private const int MaxId = 64;
    private const int MaxText = 16_384;
    private const int MaxTemplateName = 512;
    private const int MaxLanguage = 16;

    public static IReadOnlyList<ApiCall> WithBody { get; } =
    [
        new("POST", "/auth/token", "/auth/token", ApiCaller.Nobody)
        {
            Body = Parse("""{"grant_type": "client_credentials", "client_id": "user1", "client_secret": "password123", "scope": "read"}"""),
            Required = ["grant_type", "client_id", "client_secret"],
        },
        new("POST", "/auth/refresh", "/auth/refresh", ApiCaller.Nobody)
        {
            Body = Parse("""{"grant_type": "refresh_token", "refresh_token": "00000000000000000000000000000000"}"""),
            Required = ["grant_type", "refresh_token"],
        },
        new("POST", "/auth/revoke", "/auth/revoke", ApiCaller.Nobody)
        {
            Body = Parse("""{"refresh_token": "00000000000000000000000000000000"}"""),
            Required = ["refresh_token"],
        },
        new("POST", "/auth/introspect", "/auth/introspect")
        {
            Body = Parse("""{"token": "00000000000000000000000000000000"}"""),
            Required = ["token"],
        },
        new("POST", "/v1/users", "/v1/users", ApiCaller.Admin)
        {
            Body = Parse("""{"user_id": "new-user", "username": "new-user", "secret": "a-long-enough-secret", "display_name": "New", "scopes": ["read", "write"], "is_active": true}"""),
            Required = ["username"],
            Ids = ["user_id"],
        },
        new("PATCH", "/v1/users/{}", "/v1/users/user9", ApiCaller.Admin)
        {
            Body = Parse("""{"display_name": "Nine", "scopes": ["read", "write"], "is_active": true}"""),
        },
        new("POST", "/v1/users/me/secret", "/v1/users/me/secret") { BodyIsOptional = true },
        new("PUT", "/v1/users/{}/channels/{}", "/v1/users/user1/channels/telegram")
        {
            Body = Parse("""{"address": "4711"}"""),
            Required = ["address"],
            Longest = new Dictionary<string, int> { ["address"] = 128 },
        },
        new("POST", "/v1/conversations", "/v1/conversations")
        {
            Body = Parse("""{"conversation_id": "new-group", "type": "group", "members": ["user1", "user2", "user3"], "metadata": {"name": "New"}}"""),
            Required = ["type", "members"],
            Ids = ["conversation_id"],
        },
        new("PATCH", "/v1/conversations/{}", "/v1/conversations/group-1")
        {
            Body = Parse("""{"metadata": {"name": "Renamed"}}"""),
        },
        new("POST", "/v1/conversations/{}/members", "/v1/conversations/group-1/members")
        {
            Body = Parse("""{"user_id": "user4"}"""),
            Required = ["user_id"],
            Ids = ["user_id"],
        },
        new("POST", "/v1/conversations/{}/read", "/v1/conversations/group-1/read")
        {
            Body = Parse("""{"up_to_seq": 1}"""),
            BodyIsOptional = true,
        },
        new("POST", "/v1/files/initiate", "/v1/files/initiate")
        {
            Body = Parse("""{"conversation_id": "group-1", "filename": "a.png", "file_size": 10, "mime_type": "image/png"}"""),
            Required = ["conversation_id", "filename", "file_size", "mime_type"],
            Ids = ["conversation_id"],
            Longest = new Dictionary<string, int> { ["filename"] = 255 },
        },
        new("POST", "/v1/messages", "/v1/messages")
        {
            Body = Parse(
                """
                {"message_id": "new-message", "conversation_id": "group-1", "from": "user1", "to": ["user2"], "channels": ["whatsapp"],
                 "payload": {"type": "text", "text": "Hello"}, "priority": "normal", "reply_to": "message-1", "metadata": {"a": "b"}}
                """),
            Required = ["conversation_id", "channels", "payload"],
            Ids = ["message_id", "conversation_id", "reply_to"],
            Longest = new Dictionary<string, int> { ["payload.text"] = MaxText, ["message_id"] = MaxId },
        },
        new("POST", "/v1/messages", "/v1/messages")
        {
            Variant = "a file",
            Body = Parse("""{"conversation_id": "group-1", "channels": ["all"], "payload": {"type": "file", "file_id": "file-1"}}"""),
            Required = ["payload"],
            Ids = ["payload.file_id"],
        },
        new("POST", "/v1/messages", "/v1/messages")
        {
            Variant = "a template",
            Body = Parse("""{"conversation_id": "group-1", "channels": ["whatsapp"], "payload": {"type": "template", "name": "order_sent", "language": "en_US", "parameters": ["A12"]}}"""),
            Required = ["payload"],
            Longest = new Dictionary<string, int> { ["payload.name"] = MaxTemplateName, ["payload.language"] = MaxLanguage },
        },
        new("POST", "/v1/webhooks", "/v1/webhooks")
        {
            Body = Parse("""{"url": "https://93.184.215.14/hook", "events": ["message.created"], "secret": "a secret of sixteen"}"""),
            Required = ["url", "events"],
            Longest = new Dictionary<string, int> { ["secret"] = 256 },
        },
        new("POST", "/v1/webhooks/{}/test", "/v1/webhooks/none/test") { BodyIsOptional = true },
    ];

    /// <summary>What is valid as an item of POST /v1/messages/batch.</summary>
    public static JsonObject Message() => Parse("""{"conversation_id": "group-1", "channels": ["chat4all"], "payload": {"type": "text", "text": "One of a batch"}}""");

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
