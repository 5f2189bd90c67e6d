using System.Net;
using System.Text;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Api;

/// <summary>Who may call what, over every route.</summary>
[Trait("Category", "Integration")]
public sealed class AuthorizationTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    /// <summary>A JWT of somebody else's making: an administrator's claims, signed with another key.</summary>
    private static readonly string ForeignToken = Sign("""{"alg":"HS256","typ":"JWT"}""", Encoding.UTF8.GetBytes("another installation's signing key"));

    /// <summary>The same without any signature.</summary>
    private static readonly string UnsignedToken = Sign("""{"alg":"none","typ":"JWT"}""", null);

    /// <summary>Bodies that are no JSON, or none at all: tested with the files.</summary>
    private static readonly string[] RawBodies =
    [
        "POST /v1/files/{}/chunks", "PATCH /v1/files/upload/{}/{}", "POST /v1/files/{}/complete", "POST /v1/admin/files/collect",
        "POST /v1/tus", "POST /v1/tus/{}", "PATCH /v1/tus/{}",
    ];

    [Fact]
    public async Task Every_route_is_in_the_table_of_who_may_call_it()
    {
        var routes = await RouteTable.ReadFromProgramAsync();
        var table = RouteTable.All.Select(route => route.Key).ToArray();

        Assert.Equal("", string.Join(", ", routes.Except(table)));
        Assert.Equal("", string.Join(", ", table.Except(routes)));
    }

    [Fact]
    public async Task Every_route_that_takes_a_body_is_tested_against_bad_ones()
    {
        var routes = await RouteTable.ReadFromProgramAsync();
        var tested = ApiCalls.WithBody.Select(call => call.Key).Append("POST /v1/messages/batch").Append("POST /v1/admin/dead-letters/{}/replay")
            .Concat(Incoming.ChannelWebhooksTests.Routes).Concat(RawBodies);

        var untested = routes.Where(route => route.Split(' ')[0] is "POST" or "PUT" or "PATCH").Except(tested);

        Assert.Equal("", string.Join(", ", untested));
    }

    [Fact]
    public async Task Without_a_valid_token_every_route_but_the_open_ones_answers_401()
    {
        var faults = new List<string>();
        foreach (var route in RouteTable.All.Where(route => route.Access is not (RouteAccess.Anyone or RouteAccess.Socket)))
        {
            foreach (var (what, token) in new[] { ("none", null), ("foreign", ForeignToken), ("unsigned", UnsignedToken), ("no JWT", "x"), ("empty", "") })
            {
                using var response = await CallAsync(route, token);
                if (response.StatusCode != HttpStatusCode.Unauthorized || response.Headers.WwwAuthenticate.All(challenge => challenge.Scheme != "Bearer"))
                {
                    faults.Add($"{route.Key} with {what} token: {response.StatusCode}, {response.Headers.WwwAuthenticate}");
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task An_outsider_gets_403_or_404_on_every_route_of_members_and_nothing_changes()
    {
        using var outsider = await api.Server.SignInAsync("user10");
        await RefusedAsync(RouteAccess.Member, outsider, HttpStatusCode.Forbidden, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_administrator_is_no_member_either()
    {
        await RefusedAsync(RouteAccess.Member, api.Admin, HttpStatusCode.Forbidden, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Without_the_admin_scope_the_routes_of_administrators_answer_403_and_nothing_changes()
    {
        await RefusedAsync(RouteAccess.Admin, api.User, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task With_scope_read_alone_nothing_can_be_changed()
    {
        using var reader = await HubClient.SignInAsync(api.Server.BaseUrl, "user1", HubServer.DemoSecret, "read");
        var before = await api.CountRowsAsync();
        var faults = new List<string>();
        foreach (var route in RouteTable.All.Where(route => route.NeedsWrite))
        {
            using var response = await CallAsync(route, reader.AccessToken);
            if (response.StatusCode != HttpStatusCode.Forbidden)
            {
                faults.Add($"{route.Key}: {response.StatusCode}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Equal(before, await api.CountRowsAsync());
    }

    [Fact]
    public async Task A_batch_from_an_outsider_is_refused_item_by_item()
    {
        using var outsider = await api.Server.SignInAsync("user10");
        var before = await api.CountRowsAsync();

        using var response = await CallAsync(RouteTable.All.Single(route => route.Key == "POST /v1/messages/batch"), outsider.AccessToken);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Contains("not_a_member", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(before, await api.CountRowsAsync());
    }

    private static string Sign(string header, byte[]? key)
    {
        var expires = DateTimeOffset.UtcNow.AddMinutes(10).ToUnixTimeSeconds();
        var claims = $$"""{"iss":"chat4all","aud":"chat4all-api","sub":"admin","user_id":"admin","tenant_id":"default","iat":{{expires - 600}},"exp":{{expires}},"jti":"0","scope":"read write admin"}""";
        var text = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(claims))}";
        return $"{text}.{(key is null ? "" : Encode(System.Security.Cryptography.HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(text))))}";
    }

    private static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private async Task RefusedAsync(RouteAccess access, HubClient caller, params HttpStatusCode[] expected)
    {
        var before = await api.CountRowsAsync();
        var faults = new List<string>();
        foreach (var route in RouteTable.All.Where(route => route.Access == access))
        {
            using var response = await CallAsync(route, caller.AccessToken);
            var fault = await Refusal.FaultOfAsync(response, oauth: false);
            if (!expected.Contains(response.StatusCode) || fault is not null)
            {
                faults.Add($"{route.Key}: {response.StatusCode} {fault}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Equal(before, await api.CountRowsAsync());
    }

    private async Task<HttpResponseMessage> CallAsync(Route route, string? token)
    {
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), route.CallPath);
        if (route.Body is { } body)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        return await api.Server.Http.SendAsync(request);
    }
}
