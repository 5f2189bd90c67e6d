using System.Globalization;
using System.Net;

namespace Chat4All.Tests.Auth;

/// <summary>Guessing secrets.</summary>
[Trait("Category", "Integration")]
public sealed class SignInLimitTests
{
    [Fact]
    public async Task The_eleventh_failure_in_a_minute_is_429_with_Retry_After_and_even_the_right_secret_waits()
    {
        await using var host = await AuthHost.StartAsync();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(host, "user1", "wrong secret"));
        }

        using var refused = await SendAsync(host, "user1", "password123");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(int.Parse(refused.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture), 1, 65);
    }

    [Fact]
    public async Task After_the_time_to_wait_the_right_secret_works_again()
    {
        await using var host = await AuthHost.StartAsync();
        for (var i = 0; i < 11; i++)
        {
            await TryAsync(host, "user1", "wrong secret");
        }

        host.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(HttpStatusCode.OK, await TryAsync(host, "user1", "password123"));
    }

    [Fact]
    public async Task One_clients_failures_do_not_stop_another_client_at_the_same_address()
    {
        await using var host = await AuthHost.StartAsync();
        for (var i = 0; i < 11; i++)
        {
            await TryAsync(host, "user1", "wrong secret");
        }

        Assert.Equal(HttpStatusCode.OK, await TryAsync(host, "user2", "password123"));
    }

    [Fact]
    public async Task Successes_do_not_count()
    {
        await using var host = await AuthHost.StartAsync();
        for (var i = 0; i < 12; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await TryAsync(host, "user1", "password123"));
        }
    }

    [Fact]
    public async Task Failures_with_many_clients_reach_the_limit_of_the_address()
    {
        await using var host = await AuthHost.StartAsync("--Auth:FailuresPerAddress=20");
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(host, $"guess-{i}", "wrong secret"));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync(host, "guess-20", "wrong secret"));
    }

    [Fact]
    public async Task The_failures_of_many_at_the_same_moment_are_counted_all_the_same()
    {
        await using var host = await AuthHost.StartAsync();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => TryAsync(host, "user1", "wrong secret")));

        Assert.Equal(10, statuses.Count(static s => s == HttpStatusCode.Unauthorized));
    }

    private static async Task<HttpStatusCode> TryAsync(AuthHost host, string clientId, string secret)
    {
        using var response = await SendAsync(host, clientId, secret);
        return response.StatusCode;
    }

    private static Task<HttpResponseMessage> SendAsync(AuthHost host, string clientId, string secret) =>
        host.PostJsonAsync("/auth/token", new { grant_type = "client_credentials", client_id = clientId, client_secret = secret });
}
