using System.Net;

namespace Chat4All.Tests.Auth;

/// <summary>Who may ask about which token (RFC 7662), and what is public about the server.</summary>
[Trait("Category", "Integration")]
public sealed class IntrospectionTests(AuthHostFixture fixture) : IClassFixture<AuthHostFixture>
{
    private AuthHost Host => fixture.Host;

    [Fact]
    public async Task One_sees_ones_own_access_token()
    {
        var token = await Host.TokenAsync();

        var answer = await Host.PostJsonAsync("/auth/introspect", new { token }, token).JsonAsync();

        Assert.True(answer.GetProperty("active").GetBoolean());
        Assert.Equal("user1", answer.Text("sub"));
        Assert.Equal("read write", answer.Text("scope"));
        Assert.Equal(Answers.Claims(token).GetProperty("exp").GetInt64(), answer.GetProperty("exp").GetInt64());
    }

    [Fact]
    public async Task One_sees_ones_own_refresh_token_with_any_scope()
    {
        var tokens = await Host.SignInAsync(scope: "read");

        var answer = await Host.PostJsonAsync("/auth/introspect", new { token = tokens.Text("refresh_token") }, tokens.Text("access_token")).JsonAsync();

        Assert.Equal("refresh_token", answer.Text("token_type"));
    }

    [Fact]
    public async Task Anothers_token_is_just_not_active()
    {
        var answer = await Host.PostJsonAsync("/auth/introspect", new { token = await Host.TokenAsync("user2") }, await Host.TokenAsync()).JsonAsync();

        Assert.Equal("""{"active":false}""", answer.GetRawText());
    }

    [Fact]
    public async Task An_administrator_sees_every_token()
    {
        var answer = await Host.PostJsonAsync("/auth/introspect", new { token = await Host.TokenAsync("user2") }, await Host.AdminTokenAsync()).JsonAsync();

        Assert.Equal("user2", answer.Text("sub"));
    }

    [Fact]
    public async Task A_revoked_or_made_up_token_is_not_active()
    {
        var token = await Host.TokenAsync();
        var revoked = await Host.TokenAsync();
        await Host.PostJsonAsync("/auth/revoke", new { token = revoked }).JsonAsync();

        foreach (var unknown in new[] { revoked, "made-up", "eyJhbGciOiJub25lIn0.e30." })
        {
            var answer = await Host.PostJsonAsync("/auth/introspect", new { token = unknown }, token).JsonAsync();
            Assert.False(answer.GetProperty("active").GetBoolean());
        }
    }

    [Fact]
    public async Task Without_a_token_of_ones_own_nothing_is_told()
    {
        var token = await Host.TokenAsync();

        await Host.PostJsonAsync("/auth/introspect", new { token }).JsonAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_metadata_names_the_endpoints()
    {
        var answer = await Host.Http.GetAsync("/.well-known/oauth-authorization-server").JsonAsync();

        Assert.Equal(new Uri(Host.Http.BaseAddress!, "/auth/token").ToString(), answer.Text("token_endpoint"));
        Assert.Contains(answer.GetProperty("grant_types_supported").EnumerateArray(), static g => g.GetString() == "client_credentials");
    }

    [Fact]
    public async Task A_shared_secret_is_no_public_key()
    {
        var answer = await Host.Http.GetAsync("/.well-known/jwks.json").JsonAsync();

        Assert.Empty(answer.GetProperty("keys").EnumerateArray());
    }
}
