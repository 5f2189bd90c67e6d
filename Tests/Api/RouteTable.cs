using System.Text.RegularExpressions;
using Chat4All.Frontend.Hosting;
using Chat4All.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Chat4All.Tests.Api;

/// <summary>Every route that there is, with who may call it. A route that is missing here fails a test.</summary>
internal static partial class RouteTable
{
    private const string Text = """{"conversation_id": "group-1", "channels": ["chat4all"], "payload": {"type": "text", "text": "from outside"}}""";

    /// <summary>No file of the fixture's has it: that strangers are refused where there is one is tested with the files.</summary>
    private const string NoFile = "01890000-0000-7000-8000-000000000000";

    public static IReadOnlyList<Route> All { get; } =
    [
        new("POST /auth/token", RouteAccess.Anyone),
        new("POST /auth/refresh", RouteAccess.Anyone),
        new("POST /auth/revoke", RouteAccess.Anyone),
        new("POST /auth/introspect", RouteAccess.Self, null, """{"token": "x"}""", ReadOnly: true),
        new("GET /.well-known/jwks.json", RouteAccess.Anyone),
        new("GET /.well-known/oauth-authorization-server", RouteAccess.Anyone),

        new("POST /v1/users", RouteAccess.Admin, null, """{"username": "intruder"}"""),
        new("GET /v1/users", RouteAccess.Admin),
        new("GET /v1/users/me", RouteAccess.Self),
        new("POST /v1/users/me/secret", RouteAccess.Self, null, "{}"),
        new("GET /v1/users/{}", RouteAccess.Admin, "/v1/users/user1"),
        new("PATCH /v1/users/{}", RouteAccess.Admin, "/v1/users/user1", """{"display_name": "Intruder"}"""),
        new("DELETE /v1/users/{}", RouteAccess.Admin, "/v1/users/user1"),

        new("PUT /v1/users/{}/channels/{}", RouteAccess.Self, "/v1/users/user1/channels/whatsapp", """{"address": "4917155501"}"""),
        new("GET /v1/users/{}/channels/{}", RouteAccess.Self, "/v1/users/user1/channels/whatsapp"),
        new("DELETE /v1/users/{}/channels/{}", RouteAccess.Self, "/v1/users/user1/channels/whatsapp"),

        new("POST /v1/conversations", RouteAccess.Self, null, """{"type": "group", "members": ["user1", "user2", "user3"]}"""),
        new("GET /v1/conversations", RouteAccess.Self),
        new("GET /v1/conversations/{}", RouteAccess.Member, "/v1/conversations/group-1"),
        new("PATCH /v1/conversations/{}", RouteAccess.Member, "/v1/conversations/group-1", """{"metadata": {"name": "Taken over"}}"""),
        new("POST /v1/conversations/{}/members", RouteAccess.Member, "/v1/conversations/group-1/members", """{"user_id": "user10"}"""),
        new("DELETE /v1/conversations/{}/members/{}", RouteAccess.Member, "/v1/conversations/group-1/members/user2"),
        new("GET /v1/conversations/{}/messages", RouteAccess.Member, "/v1/conversations/group-1/messages"),
        new("POST /v1/conversations/{}/read", RouteAccess.Member, "/v1/conversations/group-1/read", "{}"),

        new("POST /v1/messages", RouteAccess.Member, null, Text),
        new("POST /v1/messages/batch", RouteAccess.Self, null, $$"""{"messages": [{{Text}}]}"""),
        new("GET /v1/messages/{}", RouteAccess.Member, "/v1/messages/message-1"),
        new("GET /v1/messages/{}/deliveries", RouteAccess.Member, "/v1/messages/message-1/deliveries"),

        new("GET /v1/admin/dead-letters", RouteAccess.Admin),
        new("POST /v1/admin/dead-letters/{}/replay", RouteAccess.Admin, "/v1/admin/dead-letters/dead-1/replay"),
        new("DELETE /v1/admin/dead-letters/{}", RouteAccess.Admin, "/v1/admin/dead-letters/dead-1"),

        new("GET /v1/channels/whatsapp/webhook", RouteAccess.Anyone),
        new("POST /v1/channels/whatsapp/webhook", RouteAccess.Anyone),
        new("GET /v1/channels/instagram/webhook", RouteAccess.Anyone),
        new("POST /v1/channels/instagram/webhook", RouteAccess.Anyone),
        new("GET /v1/channels/messenger/webhook", RouteAccess.Anyone),
        new("POST /v1/channels/messenger/webhook", RouteAccess.Anyone),
        new("POST /v1/channels/telegram/webhook", RouteAccess.Anyone),

        new("POST /v1/webhooks", RouteAccess.Self, null, """{"url": "https://93.184.215.14/hook", "events": ["*"]}"""),
        new("GET /v1/webhooks", RouteAccess.Self),
        new("GET /v1/webhooks/{}", RouteAccess.Self, "/v1/webhooks/none"),
        new("DELETE /v1/webhooks/{}", RouteAccess.Self, "/v1/webhooks/none"),
        new("POST /v1/webhooks/{}/test", RouteAccess.Self, "/v1/webhooks/none/test"),

        new("POST /v1/files/initiate", RouteAccess.Member, null, """{"conversation_id": "group-1", "filename": "a", "file_size": 1, "mime_type": "text/plain"}"""),
        new("POST /v1/files/{}/chunks", RouteAccess.Member, $"/v1/files/{NoFile}/chunks?chunk_number=1", "x"),
        new("PATCH /v1/files/upload/{}/{}", RouteAccess.Member, $"/v1/files/upload/{NoFile}/1", "x"),
        new("GET /v1/files/{}/status", RouteAccess.Member, $"/v1/files/{NoFile}/status"),
        new("POST /v1/files/{}/complete", RouteAccess.Member, $"/v1/files/{NoFile}/complete"),
        new("DELETE /v1/files/{}", RouteAccess.Member, $"/v1/files/{NoFile}"),
        new("GET /v1/files/{}", RouteAccess.Member, $"/v1/files/{NoFile}"),
        new("GET /v1/files/{}/content", RouteAccess.Member, $"/v1/files/{NoFile}/content"),
        // As GET; but its answers have no body to look into.
        new("HEAD /v1/files/{}/content", RouteAccess.Self, $"/v1/files/{NoFile}/content"),
        new("POST /v1/admin/files/collect", RouteAccess.Admin),

        new("OPTIONS /v1/tus", RouteAccess.Anyone),
        new("OPTIONS /v1/tus/{}", RouteAccess.Anyone, $"/v1/tus/{NoFile}"),
        // A caller without Tus-Resumable gets 412 before anything else; who may do what is tested with the protocol.
        new("POST /v1/tus", RouteAccess.Self),
        new("POST /v1/tus/{}", RouteAccess.Self, $"/v1/tus/{NoFile}"),
        new("HEAD /v1/tus/{}", RouteAccess.Self, $"/v1/tus/{NoFile}"),
        new("PATCH /v1/tus/{}", RouteAccess.Self, $"/v1/tus/{NoFile}"),
        new("DELETE /v1/tus/{}", RouteAccess.Self, $"/v1/tus/{NoFile}"),

        new("GET /health", RouteAccess.Anyone),
        new("GET /ready", RouteAccess.Anyone),
        new("GET /metrics", RouteAccess.Anyone),
        new("GET /openapi/{}.json", RouteAccess.Anyone, "/openapi/v1.json"),
        new("GET /ws", RouteAccess.Socket),
        new("CONNECT /ws", RouteAccess.Socket),
        new("ANY /hubs/chat", RouteAccess.Socket),
        new("ANY /hubs/chat/negotiate", RouteAccess.Socket),
    ];

    /// <summary>The keys of the routes that the server program maps.</summary>
    public static async Task<IReadOnlyList<string>> ReadFromProgramAsync()
    {
        using var folder = new TemporaryFolder();
        await using var app = ChatHost.Build(CommandLine.Parse(["--data", folder.Path, "--port", "0"]));
        return [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().SelectMany(KeysOf).Distinct().Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> KeysOf(RouteEndpoint endpoint)
    {
        var path = "/" + Parameter().Replace(endpoint.RoutePattern.RawText ?? "", "{}").Trim('/');
        var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];
        return methods.Count == 0 ? [$"ANY {path}"] : methods.Select(method => $"{method} {path}");
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
