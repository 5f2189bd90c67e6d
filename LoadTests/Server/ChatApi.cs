using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Chat4All.LoadTests.Server;

/// <summary>The calls of the wire contract that prepare and verify a scenario; what is measured goes another way.</summary>
internal sealed class ChatApi(Uri server) : IDisposable
{
    /// <summary>A page of a list: the most that the contract allows.</summary>
    private const int PageSize = 100;

    private static readonly string[] InApp = ["chat4all"];

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 16 }) { BaseAddress = server, Timeout = TimeSpan.FromSeconds(60) };

    public void Dispose() => _http.Dispose();

    /// <summary>An access token by client credentials.</summary>
    /// <param name="userId">Who signs in.</param>
    /// <param name="secret">The user's secret.</param>
    /// <param name="scope">Null: the server's default.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServerRefusedException">Any answer but 200.</exception>
    public async Task<AccessToken> SignInAsync(string userId, string secret, string? scope, CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = userId, ["client_secret"] = secret };
        if (scope is not null)
        {
            form["scope"] = scope;
        }

        using var response = await _http.PostAsJsonAsync("/auth/token", form, cancellationToken);
        await RequireAsync(response, $"sign-in of {userId}", cancellationToken);
        using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        return new AccessToken(
            body.RootElement.GetProperty("access_token").GetString()!,
            TimeSpan.FromSeconds(body.RootElement.GetProperty("expires_in").GetDouble()));
    }

    /// <summary>Makes a user, or leaves the one that has the id.</summary>
    /// <exception cref="ServerRefusedException">Neither made nor there.</exception>
    public Task CreateUserAsync(string adminToken, string userId, string secret, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "/v1/users", adminToken, new { user_id = userId, username = userId, secret }, $"user {userId}", cancellationToken, HttpStatusCode.Conflict);

    /// <summary>Makes a group, or leaves the one that has the id.</summary>
    /// <exception cref="ServerRefusedException">Neither made nor there.</exception>
    public Task CreateGroupAsync(string token, string conversationId, IReadOnlyList<string> members, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Post, "/v1/conversations", token,
            new { type = "group", conversation_id = conversationId, members, metadata = new { name = conversationId } },
            $"conversation {conversationId}", cancellationToken, HttpStatusCode.Conflict);

    /// <summary>Sends one message to each conversation, in one batch (at most 500).</summary>
    public Task SendToEachAsync(string token, string from, IEnumerable<string> conversationIds, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Post, "/v1/messages/batch", token,
            new
            {
                messages = conversationIds.Select(id => new
                {
                    conversation_id = id,
                    from,
                    channels = InApp,
                    payload = new { type = "text", text = "The first message of this conversation." },
                }),
            },
            "batch of first messages", cancellationToken);

    /// <summary>The server's metrics as Prometheus reads them.</summary>
    public Task<string> GetMetricsAsync(CancellationToken cancellationToken) => _http.GetStringAsync("/metrics", cancellationToken);

    /// <summary>The <c>last_seq</c> of each of the caller's conversations.</summary>
    public async Task<Dictionary<string, long>> ListLastSeqAsync(string token, CancellationToken cancellationToken)
    {
        var all = new Dictionary<string, long>(StringComparer.Ordinal);
        string? cursor = null;
        do
        {
            var path = $"/v1/conversations?limit={PageSize}" + (cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor));
            using var body = JsonDocument.Parse(await SendAsync(HttpMethod.Get, path, token, null, "list of conversations", cancellationToken));
            foreach (var conversation in body.RootElement.GetProperty("conversations").EnumerateArray())
            {
                all[conversation.GetProperty("conversation_id").GetString()!] = conversation.GetProperty("last_seq").GetInt64();
            }

            cursor = body.RootElement.TryGetProperty("next_cursor", out var next) && next.ValueKind == JsonValueKind.String ? next.GetString() : null;
        }
        while (cursor is not null);

        return all;
    }

    private async Task<byte[]> SendAsync(
        HttpMethod method, string path, string token, object? json, string what, CancellationToken cancellationToken, HttpStatusCode? alsoFine = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = json is null ? null : JsonContent.Create(json);
        using var response = await _http.SendAsync(request, cancellationToken);
        if (response.StatusCode != alsoFine)
        {
            await RequireAsync(response, what, cancellationToken);
        }

        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    private static async Task RequireAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            var detail = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new ServerRefusedException($"{what}: {(int)response.StatusCode} {detail}");
        }
    }
}
