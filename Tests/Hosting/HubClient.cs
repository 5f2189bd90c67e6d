using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Chat4All.Tests.Hosting;

/// <summary>One user's calls of the wire contract. What it does not cover goes through <see cref="Http"/>, which carries the user's token.</summary>
public sealed class HubClient : IDisposable
{
    private HubClient(Uri server, string userId, string accessToken)
    {
        UserId = userId;
        AccessToken = accessToken;
        Http = new HttpClient { BaseAddress = server };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
    }

    public string UserId { get; }

    /// <summary>A JWT, valid for 15 minutes.</summary>
    public string AccessToken { get; }

    public HttpClient Http { get; }

    /// <summary>Gets a token by client credentials.</summary>
    /// <param name="server">Base address.</param>
    /// <param name="userId">Who signs in.</param>
    /// <param name="secret">The user's secret.</param>
    /// <param name="scope">Null: the server's default, <c>read write</c>.</param>
    /// <exception cref="HubRefusedException">Any answer but 200.</exception>
    public static async Task<HubClient> SignInAsync(Uri server, string userId, string secret, string? scope)
    {
        using var http = new HttpClient { BaseAddress = server };
        var request = new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = userId, ["client_secret"] = secret };
        if (scope is not null)
        {
            request["scope"] = scope;
        }

        using var response = await http.PostAsJsonAsync("/auth/token", request);
        var body = await ReadAsync(response, HttpStatusCode.OK);
        return new HubClient(server, userId, body.GetProperty("access_token").GetString()!);
    }

    /// <summary>Makes a group that this user owns.</summary>
    /// <returns>The conversation's id.</returns>
    public async Task<string> CreateGroupAsync(IEnumerable<string> members, string? conversationId = null)
    {
        var body = await PostAsync("/v1/conversations", new { type = "group", members, conversation_id = conversationId }, HttpStatusCode.Created);
        return body.GetProperty("conversation_id").GetString()!;
    }

    /// <summary>Makes the private conversation with another user, or finds it.</summary>
    /// <returns>The conversation's id.</returns>
    public async Task<string> CreatePrivateAsync(string other)
    {
        var body = await PostAsync("/v1/conversations", new { type = "private", members = new[] { UserId, other } }, HttpStatusCode.Created, HttpStatusCode.OK);
        return body.GetProperty("conversation_id").GetString()!;
    }

    /// <summary>Sends a text to the conversation, in-app only.</summary>
    /// <returns>The receipt: <c>message_id, seq, created_at, duplicate?</c>.</returns>
    public Task<JsonElement> SendAsync(string conversationId, string text, string? messageId = null) =>
        PostAsync("/v1/messages", TextMessage(conversationId, text, messageId), HttpStatusCode.Accepted);

    /// <summary>The answer itself, whatever it is, for tests that look at refusals.</summary>
    public Task<HttpResponseMessage> TrySendAsync(
        string conversationId, string text, string? messageId = null, string[]? channels = null, CancellationToken cancellationToken = default) =>
        Http.PostAsJsonAsync("/v1/messages", TextMessage(conversationId, text, messageId, channels), cancellationToken);

    /// <summary>Every message of the conversation after a seq, page by page, ascending.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListMessagesAsync(string conversationId, long afterSeq = 0)
    {
        const int page = 100;
        var all = new List<JsonElement>();
        while (true)
        {
            var body = await GetAsync($"/v1/conversations/{conversationId}/messages?after_seq={afterSeq}&limit={page}");
            var messages = body.GetProperty("messages");
            all.AddRange(messages.EnumerateArray());
            if (messages.GetArrayLength() < page)
            {
                return all;
            }

            afterSeq = all[^1].GetProperty("seq").GetInt64();
        }
    }

    /// <summary>GET that must say 200.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path);
        return await ReadAsync(response, HttpStatusCode.OK);
    }

    /// <summary>POST of JSON that must be answered with one of the statuses.</summary>
    public async Task<JsonElement> PostAsync(string path, object body, params HttpStatusCode[] expected)
    {
        using var response = await Http.PostAsJsonAsync(path, body);
        return await ReadAsync(response, expected);
    }

    public void Dispose() => Http.Dispose();

    private static Dictionary<string, object> TextMessage(string conversationId, string text, string? messageId, string[]? channels = null)
    {
        var message = new Dictionary<string, object>
        {
            ["conversation_id"] = conversationId,
            ["channels"] = channels is { Length: > 0 } ? channels : ["chat4all"],
            ["payload"] = new { type = "text", text },
        };
        if (messageId is not null)
        {
            message["message_id"] = messageId;
        }

        return message;
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, params HttpStatusCode[] expected)
    {
        if (!expected.Contains(response.StatusCode))
        {
            throw new HubRefusedException(response.StatusCode, await response.Content.ReadAsStringAsync());
        }

        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
