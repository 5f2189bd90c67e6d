using System.Net;
using Chat4All.Frontend.Auth;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.Auth;

/// <summary>When tokens stop working.</summary>
[Trait("Category", "Integration")]
public sealed class RevocationTests
{
    [Fact]
    public async Task An_access_token_works_for_15_minutes_to_the_second()
    {
        await using var host = await AuthHost.StartAsync();
        var token = await host.TokenAsync();
        var ends = DateTimeOffset.FromUnixTimeSeconds(Answers.Claims(token).GetProperty("exp").GetInt64());

        host.Time.Advance(ends - host.Time.GetUtcNow() - TimeSpan.FromSeconds(10));
        Assert.True(await host.WorksAsync(token));
        host.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("token_expired", await host.GetAsync("/v1/users/me", token).ErrorAsync(HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task Revoking_a_refresh_token_leaves_access_tokens_valid_and_is_idempotent()
    {
        await using var host = await AuthHost.StartAsync();
        var tokens = await host.SignInAsync();

        for (var i = 0; i < 2; i++)
        {
            var answer = await host.PostJsonAsync("/auth/revoke", new { refresh_token = tokens.Text("refresh_token") }).JsonAsync();
            Assert.Equal("""{"message":"Refresh token revoked successfully"}""", answer.GetRawText());
        }

        var refresh = host.PostJsonAsync("/auth/refresh", new { grant_type = "refresh_token", refresh_token = tokens.Text("refresh_token") });
        Assert.Equal("invalid_grant", await refresh.ErrorAsync(HttpStatusCode.BadRequest));
        Assert.True(await host.WorksAsync(tokens.Text("access_token")));
    }

    [Fact]
    public async Task Revoking_what_never_was_says_the_same()
    {
        await using var host = await AuthHost.StartAsync();

        await host.PostFormAsync("/auth/revoke", ("token", "never-was"), ("token_type_hint", "refresh_token")).JsonAsync();
    }

    [Fact]
    public async Task A_revoked_access_token_is_refused_by_the_very_next_request_and_the_sockets_hear_of_it()
    {
        await using var host = await AuthHost.StartAsync();
        var token = await host.TokenAsync();
        Assert.True(await host.WorksAsync(token));
        var heard = new List<Revocation>();
        host.Services.GetRequiredService<Revocations>().Revoked += heard.Add;

        await host.PostFormAsync("/auth/revoke", ("token", token), ("token_type_hint", "access_token")).JsonAsync();

        Assert.Equal("invalid_token", await host.GetAsync("/v1/users/me", token).ErrorAsync(HttpStatusCode.Unauthorized));
        Assert.Equal(TokenHash.Of(Answers.Claims(token).Text("jti")), heard[0].TokenId);
    }

    [Fact]
    public async Task A_revocation_by_another_process_is_heard_of_through_the_store()
    {
        await using var host = await AuthHost.StartAsync();
        var token = await host.TokenAsync();
        Assert.True(await host.WorksAsync(token));

        // What another node, or the command line, does: it writes, and nobody here is told.
        await host.Services.GetRequiredService<ITokenStore>().RevokeAllAsync("user1", host.Time.GetUtcNow(), CancellationToken.None);

        await Eventually.HoldsAsync("the token is refused", async () => !await host.WorksAsync(token));
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("delete")]
    public async Task A_disabled_or_deleted_users_tokens_stop_at_once(string how)
    {
        await using var host = await AuthHost.StartAsync();
        var admin = await host.AdminTokenAsync();
        var token = await host.TokenAsync("user4");
        Assert.True(await host.WorksAsync(token));

        if (how == "delete")
        {
            await host.SendAsync(HttpMethod.Delete, "/v1/users/user4", admin).JsonAsync(HttpStatusCode.NoContent);
        }
        else
        {
            await host.SendAsync(HttpMethod.Patch, "/v1/users/user4", admin, new { is_active = false }).JsonAsync();
        }

        Assert.False(await host.WorksAsync(token));
    }

    [Fact]
    public async Task A_token_that_was_never_handed_out_is_refused_even_with_the_right_signature()
    {
        await using var host = await AuthHost.StartAsync("--Auth:SecretKey=0123456789abcdef0123456789abcdef");
        await using var twin = await AuthHost.StartAsync("--Auth:SecretKey=0123456789abcdef0123456789abcdef");

        Assert.False(await host.WorksAsync(await twin.TokenAsync()));
    }

    [Fact]
    public async Task Only_hashes_of_tokens_are_stored()
    {
        await using var host = await AuthHost.StartAsync();
        var tokens = await host.SignInAsync();
        var store = host.Services.GetRequiredService<ITokenStore>();
        var jti = Answers.Claims(tokens.Text("access_token")).Text("jti");

        Assert.NotNull(await store.FindAccessTokenAsync(TokenHash.Of(jti), CancellationToken.None));
        Assert.NotNull(await store.FindRefreshTokenAsync(TokenHash.Of(tokens.Text("refresh_token")), CancellationToken.None));
        foreach (var file in Directory.GetFiles(host.DataFolder, "chat4all.db*").Where(static f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            var content = await reader.ReadToEndAsync();
            Assert.DoesNotContain(tokens.Text("refresh_token"), content, StringComparison.Ordinal);
            Assert.DoesNotContain(jti, content, StringComparison.Ordinal);
        }
    }
}
