using System.Net;
using System.Runtime.Versioning;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Auth;

/// <summary>Who is there after the first start.</summary>
[Trait("Category", "Integration")]
[SupportedOSPlatform("linux")]
public sealed class FirstAccountsTests
{
    private const string Key = "JWT_SECRET_KEY";
    private const string KeyValue = "a key for tests that is long enough for HS256";

    [Fact]
    public async Task The_first_administrators_secret_is_in_a_file_for_the_owner_only_and_never_in_the_output()
    {
        await using var server = await HubServer.StartAsync(new HubOptions
        {
            Demo = false,
            Environment = new Dictionary<string, string> { ["CHAT4ALL_ADMIN_ID"] = "", ["CHAT4ALL_ADMIN_SECRET"] = "" },
        });
        var file = Path.Combine(server.DataFolder, "admin-secret");
        var secret = (await File.ReadAllTextAsync(file)).Trim();

        using var admin = await HubClient.SignInAsync(server.BaseUrl, "admin", secret, "admin read");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Contains(file, server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, server.Output, StringComparison.Ordinal);
        Assert.Contains("admin", (await admin.GetAsync("/v1/users/me")).GetProperty("scopes").EnumerateArray().Select(static s => s.GetString()));
    }

    [Fact]
    public async Task A_new_embedded_store_has_demo_users_without_being_asked_and_an_old_one_gets_none_again()
    {
        await using var server = await HubServer.StartAsync(new HubOptions { Demo = false });
        using (var admin = await server.SignInAsAdminAsync())
        {
            using var deleted = await admin.Http.DeleteAsync("/v1/users/user7");
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        await server.KillAndStartAgainAsync();

        using var user = await server.SignInAsync("user1");
        await Assert.ThrowsAsync<HubRefusedException>(() => server.SignInAsync("user7"));
    }

    [Fact]
    public async Task In_production_there_are_no_demo_users_and_those_of_before_are_disabled()
    {
        var environment = new Dictionary<string, string> { [Key] = KeyValue };
        await using var server = await HubServer.StartAsync(new HubOptions { Demo = false, Environment = environment });
        using var before = await server.SignInAsync("user1");
        await server.StopAsync();

        environment["CHAT4ALL_ENV"] = "production";
        await server.StartAgainAsync();

        await Assert.ThrowsAsync<HubRefusedException>(() => server.SignInAsync("user1"));
        using var response = await before.Http.GetAsync("/v1/users/me");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_demo_user_that_comes_through_an_unknown_proxy_is_not_from_this_machine()
    {
        await using var host = await AuthHost.StartAsync();
        var token = await host.TokenAsync();
        host.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");

        Assert.False(await host.WorksAsync(token));
        await host.PostJsonAsync("/auth/token", new { grant_type = "client_credentials", client_id = "user1", client_secret = "password123" }).JsonAsync(HttpStatusCode.Unauthorized);
        Assert.True(await host.WorksAsync(await host.AdminTokenAsync()));
    }

    [Fact]
    public async Task A_demo_user_with_a_secret_of_its_own_is_a_user_like_any_other()
    {
        await using var host = await AuthHost.StartAsync();
        await host.SendAsync(HttpMethod.Patch, "/v1/users/user6", await host.AdminTokenAsync(), new { secret = "not published" }).JsonAsync();
        host.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");

        Assert.True(await host.WorksAsync(await host.TokenAsync("user6", "not published")));
    }

    [Fact]
    public async Task The_shell_adds_lists_and_disables_users_while_the_server_runs()
    {
        await using var server = await HubServer.StartAsync();

        var added = await server.RunAsync("user", "add", "from-shell", "--name", "From Shell");
        var secret = added.Output.Trim().Split(' ')[^1];
        using var user = await server.SignInAsync("from-shell", secret);
        var listed = await server.RunAsync("user", "list");
        var disabled = await server.RunAsync("user", "disable", "from-shell");

        Assert.Equal((0, 0, 0), (added.ExitCode, listed.ExitCode, disabled.ExitCode));
        Assert.Contains("From Shell", listed.Output, StringComparison.Ordinal);
        await Eventually.HoldsAsync("the disabled user's token is refused", async () =>
        {
            using var response = await user.Http.GetAsync("/v1/users/me");
            return response.StatusCode == HttpStatusCode.Unauthorized;
        });
    }

    [Fact]
    public async Task The_shell_says_what_is_wrong_and_fails()
    {
        await using var server = await HubServer.StartAsync();

        var taken = await server.RunAsync("user", "add", "user1");
        var unknown = await server.RunAsync("user", "disable", "nobody");
        var nonsense = await server.RunAsync("frobnicate");

        Assert.Equal(1, taken.ExitCode);
        Assert.Contains("taken", taken.Output, StringComparison.Ordinal);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Equal(2, nonsense.ExitCode);
        Assert.Contains("usage:", nonsense.Output, StringComparison.Ordinal);
    }
}
