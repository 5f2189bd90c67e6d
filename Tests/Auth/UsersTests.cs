using System.Net;

namespace Chat4All.Tests.Auth;

/// <summary>The accounts.</summary>
[Trait("Category", "Integration")]
public sealed class UsersTests(AuthHostFixture fixture) : IClassFixture<AuthHostFixture>
{
    private AuthHost Host => fixture.Host;

    [Fact]
    public async Task A_secret_that_the_server_makes_is_shown_once_and_works()
    {
        var admin = await Host.AdminTokenAsync();

        var made = await CreateAsync(admin, new { username = "shown-once", display_name = "Shown Once" });
        var seen = await Host.GetAsync($"/v1/users/{made.Text("user_id")}", admin).JsonAsync();

        Assert.True(await Host.WorksAsync(await Host.TokenAsync("shown-once", made.Text("secret"))));
        Assert.False(seen.TryGetProperty("secret", out _));
        Assert.Equal("Shown Once", seen.Text("display_name"));
        Assert.True(seen.GetProperty("is_active").GetBoolean());
        Assert.EndsWith("Z", seen.Text("created_at"), StringComparison.Ordinal);
        Assert.Equal(seen.Text("created_at"), made.Text("created_at"));
    }

    [Fact]
    public async Task A_secret_that_the_client_chose_is_not_repeated()
    {
        var made = await CreateAsync(await Host.AdminTokenAsync(), new { user_id = "chosen", username = "chosen", secret = "chosen secret" });

        Assert.False(made.TryGetProperty("secret", out _));
        Assert.True(await Host.WorksAsync(await Host.TokenAsync("chosen", "chosen secret")));
    }

    [Theory]
    [InlineData("""{"username":"user1"}""", "username_conflict")]
    [InlineData("""{"user_id":"user1","username":"somebody"}""", "user_id_conflict")]
    [InlineData("""{"user_id":"somebody","username":"user2"}""", "username_conflict")]
    public async Task A_name_or_id_that_is_taken_is_a_conflict(string body, string expected)
    {
        var json = System.Text.Json.JsonDocument.Parse(body).RootElement;

        Assert.Equal(expected, await Host.PostJsonAsync("/v1/users", json, await Host.AdminTokenAsync()).ErrorAsync(HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task Everything_that_is_wrong_with_a_user_is_said_at_once()
    {
        var answer = await Host.PostJsonAsync(
            "/v1/users", new { user_id = "../x", username = "", secret = "short", scopes = "everything" }, await Host.AdminTokenAsync()).JsonAsync(HttpStatusCode.BadRequest);

        Assert.Equal("validation_failed", answer.Text("error"));
        Assert.Equal(["scopes", "secret", "user_id", "username"], answer.GetProperty("field_errors").EnumerateObject().Select(static f => f.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_deleted_users_id_is_never_given_out_again()
    {
        var admin = await Host.AdminTokenAsync();
        await CreateAsync(admin, new { user_id = "gone", username = "gone" });

        await Host.SendAsync(HttpMethod.Delete, "/v1/users/gone", admin).JsonAsync(HttpStatusCode.NoContent);

        Assert.Equal("user_not_found", await Host.GetAsync("/v1/users/gone", admin).ErrorAsync(HttpStatusCode.NotFound));
        Assert.Equal("user_id_conflict", await Host.PostJsonAsync("/v1/users", new { user_id = "gone", username = "gone again" }, admin).ErrorAsync(HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task A_new_name_shows_on_the_next_request_with_an_old_token()
    {
        var admin = await Host.AdminTokenAsync();
        await CreateAsync(admin, new { user_id = "renamed", username = "renamed", secret = "renamed secret" });
        var token = await Host.TokenAsync("renamed", "renamed secret");

        await Host.SendAsync(HttpMethod.Patch, "/v1/users/renamed", admin, new { display_name = "New Name" }).JsonAsync();

        Assert.Equal("New Name", (await Host.GetAsync("/v1/users/me", token).JsonAsync()).Text("display_name"));
    }

    [Fact]
    public async Task Scopes_that_are_taken_away_are_gone_from_tokens_too()
    {
        var admin = await Host.AdminTokenAsync();
        await CreateAsync(admin, new { user_id = "demoted", username = "demoted", secret = "demoted secret", scopes = new[] { "read", "write", "admin" } });
        var token = await Host.TokenAsync("demoted", "demoted secret", "read write admin");
        await Host.GetAsync("/v1/users", token).JsonAsync();

        await Host.SendAsync(HttpMethod.Patch, "/v1/users/demoted", admin, new { scopes = "read" }).JsonAsync();

        Assert.Equal("scope_missing", await Host.GetAsync("/v1/users", token).ErrorAsync(HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task Users_are_listed_by_id_page_by_page()
    {
        var admin = await Host.AdminTokenAsync();
        var all = new List<string>();
        var path = "/v1/users?limit=4";
        for (string? next = path; next is not null;)
        {
            var page = await Host.GetAsync(next, admin).JsonAsync();
            all.AddRange(page.GetProperty("users").EnumerateArray().Select(static u => u.Text("user_id")));
            var cursor = page.GetProperty("next_cursor").GetString();
            next = cursor is null ? null : $"{path}&cursor={cursor}";
        }

        Assert.Equal(all.Order(StringComparer.Ordinal).Distinct(), all);
        Assert.Contains("user10", all);
    }

    [Fact]
    public async Task Ones_own_secret_is_replaced_by_a_new_one()
    {
        var admin = await Host.AdminTokenAsync();
        await CreateAsync(admin, new { user_id = "rotating", username = "rotating", secret = "first secret" });
        var token = await Host.TokenAsync("rotating", "first secret");

        var answer = await Host.SendAsync(HttpMethod.Post, "/v1/users/me/secret", token).JsonAsync();

        await Host.PostJsonAsync("/auth/token", new { grant_type = "client_credentials", client_id = "rotating", client_secret = "first secret" }).JsonAsync(HttpStatusCode.Unauthorized);
        Assert.True(await Host.WorksAsync(await Host.TokenAsync("rotating", answer.Text("secret"))));
    }

    [Fact]
    public async Task An_administrator_cannot_lock_the_account_in_use()
    {
        var admin = await Host.AdminTokenAsync();

        Assert.Equal("own_account", await Host.SendAsync(HttpMethod.Delete, "/v1/users/admin", admin).ErrorAsync(HttpStatusCode.Conflict));
        Assert.Equal("own_account", await Host.SendAsync(HttpMethod.Patch, "/v1/users/admin", admin, new { is_active = false }).ErrorAsync(HttpStatusCode.Conflict));
    }

    private Task<System.Text.Json.JsonElement> CreateAsync(string admin, object user) =>
        Host.PostJsonAsync("/v1/users", user, admin).JsonAsync(HttpStatusCode.Created);
}
