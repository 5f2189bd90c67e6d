using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chat4All.Tests.Api;

/// <summary>Whatever comes in: the answer is a refusal in the contract's form, never a 500, and nothing is written.</summary>
[Trait("Category", "Integration")]
public sealed class BadInputTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    /// <summary>Paths with one id in them, which may be a message's, a conversation's or a user's.</summary>
    private static readonly (string Method, string Before, string Behind, ApiCaller Caller)[] PathsWithId =
    [
        ("GET", "/v1/conversations/", "", ApiCaller.User),
        ("PATCH", "/v1/conversations/", "", ApiCaller.User),
        ("GET", "/v1/conversations/", "/messages", ApiCaller.User),
        ("POST", "/v1/conversations/", "/read", ApiCaller.User),
        ("POST", "/v1/conversations/", "/members", ApiCaller.User),
        ("DELETE", "/v1/conversations/group-1/members/", "", ApiCaller.User),
        ("GET", "/v1/messages/", "", ApiCaller.User),
        ("GET", "/v1/messages/", "/deliveries", ApiCaller.User),
        ("GET", "/v1/webhooks/", "", ApiCaller.User),
        ("DELETE", "/v1/webhooks/", "", ApiCaller.User),
        ("POST", "/v1/webhooks/", "/test", ApiCaller.User),
        ("GET", "/v1/users/", "", ApiCaller.Admin),
        ("PATCH", "/v1/users/", "", ApiCaller.Admin),
        ("DELETE", "/v1/users/", "", ApiCaller.Admin),
        ("GET", "/v1/users/", "/channels/whatsapp", ApiCaller.Admin),
        ("PUT", "/v1/users/", "/channels/whatsapp", ApiCaller.Admin),
        ("GET", "/v1/users/user1/channels/", "", ApiCaller.User),
        ("DELETE", "/v1/users/user1/channels/", "", ApiCaller.User),
        ("POST", "/v1/admin/dead-letters/", "/replay", ApiCaller.Admin),
        ("DELETE", "/v1/admin/dead-letters/", "", ApiCaller.Admin),
    ];

    /// <summary>As they stand in a path. A NUL never gets that far: Kestrel itself answers 400 to such a request line.</summary>
    private static IEnumerable<string> HostileSegments =>
        Corruption.HostileIds.Where(id => id.Length > 0 && !id.Contains('\0')).Select(Uri.EscapeDataString).Append("%ff%fe").Append("%");

    public static TheoryData<string> Calls => [.. ApiCalls.WithBody.Select(call => call.ToString())];

    public static TheoryData<string> BadQueries =>
    [
        "/v1/conversations?limit=0",
        "/v1/conversations?limit=101",
        "/v1/conversations?limit=-1",
        "/v1/conversations?limit=many",
        "/v1/conversations?limit=99999999999999999999",
        "/v1/conversations?offset=-1",
        "/v1/conversations?offset=x",
        "/v1/conversations?cursor=%00%ff",
        "/v1/conversations?cursor=bm90LWEtY3Vyc29y",
        "/v1/conversations/group-1/messages?limit=101",
        "/v1/conversations/group-1/messages?after_seq=-1",
        "/v1/conversations/group-1/messages?after_seq=x",
        "/v1/conversations/group-1/messages?before_seq=1.5",
        "/v1/conversations/group-1/messages?after_seq=99999999999999999999",
        "/v1/conversations/group-1/messages?cursor=%ff",
    ];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_bad_body_is_refused_and_nothing_is_written(string name)
    {
        var call = ApiCalls.WithBody.Single(call => call.ToString() == name);
        var before = await api.CountRowsAsync();
        var faults = new List<string>();

        foreach (var corruption in Corruption.Of(call))
        {
            using var response = await api.RequestAsync(call.Method, call.Path, call.Caller, corruption.Body, corruption.ContentType);
            if (await Refusal.FaultOfAsync(response, call.IsOAuth) is { } fault)
            {
                faults.Add($"{corruption.Name}: {fault}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Equal(before, await api.CountRowsAsync());
    }

    [Fact]
    public async Task A_channel_that_nobody_knows_is_called_that_and_not_missing_too()
    {
        var body = """{"conversation_id": "group-1", "channels": ["carrier_pigeon"], "content": "coo"}"""u8.ToArray();

        using var response = await api.RequestAsync("POST", "/v1/messages", ApiCaller.User, body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var text = Assert.Single(problem.RootElement.GetProperty("field_errors").GetProperty("channels").EnumerateArray());
        Assert.StartsWith("may hold whatsapp", text.GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hostile_id_in_a_path_is_refused_and_nothing_is_written()
    {
        var before = await api.CountRowsAsync();
        var faults = new List<string>();

        foreach (var (method, start, end, caller) in PathsWithId)
        {
            foreach (var id in HostileSegments)
            {
                var path = start + id + end;
                using var response = await api.RequestAsync(method, path, caller, method is "POST" or "PUT" or "PATCH" ? "{}"u8.ToArray() : null);
                if (await Refusal.FaultOfAsync(response, oauth: false) is { } fault)
                {
                    faults.Add($"{method} {path}: {fault}");
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Equal(before, await api.CountRowsAsync());
    }

    [Theory]
    [MemberData(nameof(BadQueries))]
    public async Task A_bad_query_is_refused(string path)
    {
        using var response = await api.RequestAsync("GET", path, ApiCaller.User);

        Assert.Null(await Refusal.FaultOfAsync(response, oauth: false));
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        var field = path[(path.IndexOf('?', StringComparison.Ordinal) + 1)..path.IndexOf('=', StringComparison.Ordinal)];
        Assert.Equal("validation_failed", (string?)problem["error"]);
        Assert.Equal([field], problem["field_errors"]!.AsObject().Select(error => error.Key));
    }

    [Fact]
    public async Task A_bad_item_of_a_batch_fails_alone()
    {
        var bad = new[] { "conversation_id", "channels", "payload" }
            .Select(field => Corruption.With(ApiCalls.Message(), field, JsonValue.Create("no/such thing")))
            .Append(Corruption.With(ApiCalls.Message(), "payload.text", JsonValue.Create("")))
            .Append(Corruption.With(ApiCalls.Message(), "conversation_id", JsonValue.Create("unknown")));
        JsonNode?[] messages = [.. bad, JsonValue.Create(1), null, ApiCalls.Message()];
        var body = JsonSerializer.SerializeToUtf8Bytes(new { messages });

        using var response = await api.RequestAsync("POST", "/v1/messages/batch", ApiCaller.User, body);

        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, text);
        using var answer = JsonDocument.Parse(text);
        var results = answer.RootElement.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(messages.Length, results.Length);
        Assert.All(results[..^1], result => Assert.True(result.TryGetProperty("error", out _), result.GetRawText()));
        Assert.Equal("accepted", results[^1].GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("""{"messages": []}""")]
    [InlineData("""{"messages": "x"}""")]
    [InlineData("""{}""")]
    [InlineData("""[]""")]
    public async Task A_batch_that_is_none_is_refused(string body)
    {
        using var response = await api.RequestAsync("POST", "/v1/messages/batch", ApiCaller.User, Encoding.UTF8.GetBytes(body));

        Assert.Null(await Refusal.FaultOfAsync(response, oauth: false));
    }

    [Fact]
    public async Task A_batch_of_more_than_500_is_refused_and_nothing_is_written()
    {
        var before = await api.CountRowsAsync();
        var body = JsonSerializer.SerializeToUtf8Bytes(new { messages = Enumerable.Repeat(ApiCalls.Message(), 501) });

        using var response = await api.RequestAsync("POST", "/v1/messages/batch", ApiCaller.User, body);

        Assert.Null(await Refusal.FaultOfAsync(response, oauth: false));
        Assert.Equal(before, await api.CountRowsAsync());
    }
}
