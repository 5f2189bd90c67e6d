using System.Net;

namespace Chat4All.Tests.Auth;

/// <summary>Refresh tokens: how long they live and what they give.</summary>
[Trait("Category", "Integration")]
public sealed class RefreshTests
{
    [Fact]
    public async Task A_refresh_token_gives_new_access_tokens_and_stays_valid()
    {
        await using var host = await AuthHost.StartAsync();
        var first = await host.SignInAsync();

        var second = await RefreshAsync(host, first.Text("refresh_token")).JsonAsync();
        var third = await RefreshAsync(host, first.Text("refresh_token")).JsonAsync();

        Assert.Equal(first.Text("refresh_token"), second.Text("refresh_token"));
        Assert.Equal(3, new[] { first, second, third }.Select(static t => t.Text("access_token")).Distinct().Count());
        Assert.True(await host.WorksAsync(third.Text("access_token")));
    }

    [Fact]
    public async Task A_refresh_token_ends_after_30_days()
    {
        await using var host = await AuthHost.StartAsync();
        var tokens = await host.SignInAsync();

        host.Time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMinutes(1));
        await RefreshAsync(host, tokens.Text("refresh_token")).JsonAsync();
        host.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("invalid_grant", await RefreshAsync(host, tokens.Text("refresh_token")).ErrorAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task A_refresh_token_gives_no_more_than_its_first_scopes()
    {
        await using var host = await AuthHost.StartAsync();
        var tokens = await host.SignInAsync(scope: "read");

        var same = await RefreshAsync(host, tokens.Text("refresh_token")).JsonAsync();
        var more = host.PostJsonAsync("/auth/refresh", new { grant_type = "refresh_token", refresh_token = tokens.Text("refresh_token"), scope = "read write" });

        Assert.Equal("read", same.Text("scope"));
        Assert.Equal("invalid_scope", await more.ErrorAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task A_disabled_users_refresh_token_is_worth_nothing()
    {
        await using var host = await AuthHost.StartAsync();
        var tokens = await host.SignInAsync("user3");
        await host.SendAsync(HttpMethod.Patch, "/v1/users/user3", await host.AdminTokenAsync(), new { is_active = false }).JsonAsync();

        Assert.Equal("invalid_grant", await RefreshAsync(host, tokens.Text("refresh_token")).ErrorAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task An_unknown_refresh_token_is_an_invalid_grant()
    {
        await using var host = await AuthHost.StartAsync();

        Assert.Equal("invalid_grant", await RefreshAsync(host, new string('0', 32)).ErrorAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task With_rotation_a_refresh_token_works_once_and_a_second_use_revokes_everything()
    {
        await using var host = await AuthHost.StartAsync("--Auth:RotateRefreshTokens=true");
        var first = await host.SignInAsync();
        var second = await RefreshAsync(host, first.Text("refresh_token")).JsonAsync();

        Assert.NotEqual(first.Text("refresh_token"), second.Text("refresh_token"));
        Assert.Equal("invalid_grant", await RefreshAsync(host, first.Text("refresh_token")).ErrorAsync(HttpStatusCode.BadRequest));
        Assert.Equal("invalid_grant", await RefreshAsync(host, second.Text("refresh_token")).ErrorAsync(HttpStatusCode.BadRequest));
        Assert.False(await host.WorksAsync(second.Text("access_token")));
    }

    private static Task<HttpResponseMessage> RefreshAsync(AuthHost host, string token) =>
        host.PostJsonAsync("/auth/refresh", new { grant_type = "refresh_token", refresh_token = token });
}
