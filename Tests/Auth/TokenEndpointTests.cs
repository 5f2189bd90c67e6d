using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Chat4All.Tests.Auth;

/// <summary>How a client gets a token, and what is in it.</summary>
[Trait("Category", "Integration")]
public sealed class TokenEndpointTests(AuthHostFixture fixture) : IClassFixture<AuthHostFixture>
{
    private AuthHost Host => fixture.Host;

    [Fact]
    public async Task JSON_credentials_give_a_bearer_token_for_900_seconds_and_a_refresh_token()
    {
        using var response = await Host.PostJsonAsync("/auth/token", new { grant_type = "client_credentials", client_id = "user1", client_secret = "password123" });

        var answer = await Task.FromResult(response).JsonAsync();

        Assert.Equal("Bearer", answer.Text("token_type"));
        Assert.Equal(900, answer.GetProperty("expires_in").GetInt32());
        Assert.Matches("^[0-9a-f]{32}$", answer.Text("refresh_token"));
        Assert.Equal("read write", answer.Text("scope"));
    }

    [Fact]
    public async Task No_cache_may_keep_an_answer_with_tokens()
    {
        using var response = await Host.PostJsonAsync("/auth/token", new { grant_type = "client_credentials", client_id = "user1", client_secret = "password123" });

        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task Form_credentials_are_accepted()
    {
        var answer = await Host.PostFormAsync(
            "/auth/token", ("grant_type", "client_credentials"), ("client_id", "user1"), ("client_secret", "password123"), ("scope", "read")).JsonAsync();

        Assert.Equal("read", answer.Text("scope"));
    }

    [Theory]
    [InlineData("user1:password123")]
    [InlineData("user%31:password123")]
    public async Task Basic_credentials_are_accepted_plain_and_form_encoded(string credentials)
    {
        using var request = BasicRequest(credentials);

        var answer = await Host.Http.SendAsync(request).JsonAsync();

        Assert.True(await Host.WorksAsync(answer.Text("access_token")));
    }

    [Fact]
    public async Task The_claims_are_exactly_those_of_the_contract()
    {
        var token = await Host.TokenAsync();

        var claims = Answers.Claims(token);

        Assert.Equal(
            ["aud", "exp", "iat", "iss", "jti", "scope", "sub", "tenant_id", "user_id"],
            claims.EnumerateObject().Select(static c => c.Name).Order(StringComparer.Ordinal));
        Assert.Equal("user1", claims.Text("sub"));
        Assert.Equal("user1", claims.Text("user_id"));
        Assert.Equal("default", claims.Text("tenant_id"));
        Assert.Equal(900, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.Equal("HS256", Answers.Header(token).Text("alg"));
        Assert.NotEmpty(Answers.Header(token).Text("kid"));
    }

    [Fact]
    public async Task A_username_signs_in_like_an_id()
    {
        var admin = await Host.AdminTokenAsync();
        await Host.PostJsonAsync("/v1/users", new { user_id = "u-77", username = "Seventy Seven", secret = "long enough" }, admin).JsonAsync(HttpStatusCode.Created);

        var claims = Answers.Claims(await Host.TokenAsync("Seventy Seven", "long enough"));

        Assert.Equal("u-77", claims.Text("sub"));
    }

    [Fact]
    public async Task The_admin_scope_is_given_only_when_it_is_asked_for()
    {
        var answer = await Host.SignInAsync("admin", AuthHost.AdminSecret);

        Assert.Equal("read write", answer.Text("scope"));
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("read everything")]
    public async Task A_scope_that_is_unknown_or_not_the_users_is_invalid_scope(string scope)
    {
        var error = await Host.PostJsonAsync(
            "/auth/token", new { grant_type = "client_credentials", client_id = "user1", client_secret = "password123", scope }).ErrorAsync(HttpStatusCode.BadRequest);

        Assert.Equal("invalid_scope", error);
    }

    [Theory]
    [InlineData("""{"client_id":"user1","client_secret":"password123"}""", "invalid_request")]
    [InlineData("""{"grant_type":"client_credentials","client_id":"user1"}""", "invalid_request")]
    [InlineData("""{"grant_type":"client_credentials","client_id":5,"client_secret":"x"}""", "invalid_request")]
    [InlineData("""{"grant_type":"password","client_id":"user1","client_secret":"password123"}""", "unsupported_grant_type")]
    [InlineData("""{"grant_type":"client_credentials""", "invalid_request")]
    [InlineData("[]", "invalid_request")]
    public async Task A_request_that_is_none_is_answered_in_the_form_of_OAuth(string body, string expected)
    {
        var answer = await Host.Http.PostAsync("/auth/token", new StringContent(body, Encoding.UTF8, "application/json")).JsonAsync(HttpStatusCode.BadRequest);

        Assert.Equal(expected, answer.Text("error"));
        Assert.NotEmpty(answer.Text("error_description"));
        Assert.False(answer.TryGetProperty("type", out _));
    }

    [Fact]
    public async Task A_parameter_that_comes_twice_is_refused()
    {
        var error = await Host.PostFormAsync(
            "/auth/token", ("grant_type", "client_credentials"), ("client_id", "user1"), ("client_id", "user2"), ("client_secret", "password123")).ErrorAsync(HttpStatusCode.BadRequest);

        Assert.Equal("invalid_request", error);
    }

    [Fact]
    public async Task Credentials_in_two_places_are_refused()
    {
        using var request = BasicRequest("user1:password123", "&client_id=user1&client_secret=password123");

        Assert.Equal("invalid_request", await Host.Http.SendAsync(request).ErrorAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task An_unknown_client_a_wrong_secret_and_a_disabled_user_get_the_same_answer()
    {
        var admin = await Host.AdminTokenAsync();
        await Host.PostJsonAsync("/v1/users", new { user_id = "asleep", username = "asleep", secret = "right secret", is_active = false }, admin).JsonAsync(HttpStatusCode.Created);

        var unknown = await RefusedAsync("nobody-at-all", "password123");
        var wrong = await RefusedAsync("user2", "not the secret");
        var disabled = await RefusedAsync("asleep", "right secret");

        Assert.Equal("""{"error":"invalid_client","error_description":"The client's credentials are not right."}""", unknown);
        Assert.Equal(unknown, wrong);
        Assert.Equal(unknown, disabled);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("dXNlcjE=")]
    public async Task An_unreadable_Basic_header_is_an_invalid_client(string parameter)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/token");
        request.Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", parameter);

        Assert.Equal("invalid_client", await Host.Http.SendAsync(request).ErrorAsync(HttpStatusCode.Unauthorized));
    }

    private static HttpRequestMessage BasicRequest(string credentials, string more = "")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/auth/token")
        {
            Content = new StringContent("grant_type=client_credentials" + more, Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        return request;
    }

    private async Task<string> RefusedAsync(string id, string secret)
    {
        using var response = await Host.PostJsonAsync("/auth/token", new { grant_type = "client_credentials", client_id = id, client_secret = secret });
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.NotEmpty(response.Headers.WwwAuthenticate);
        return await response.Content.ReadAsStringAsync();
    }
}
