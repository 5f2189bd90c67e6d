using System.Net;
using Chat4All.Frontend.Auth.Limits;
using Chat4All.Frontend.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.Auth;

/// <summary>How much a user may do a minute.</summary>
[Trait("Category", "Integration")]
public sealed class RateLimitTests
{
    [Fact]
    public async Task A_request_over_the_limit_is_429_with_the_limits_headers_and_passes_after_the_time_to_wait()
    {
        await using var host = await AuthHost.StartAsync("--RateLimit:Mode=on", "--RateLimit:RequestsPerMinute=2");
        var token = await host.TokenAsync();
        using var first = await CreateAsync(host, token);
        using var second = await CreateAsync(host, token);
        using var third = await CreateAsync(host, token);

        Assert.Equal("2", first.Headers.GetValues("RateLimit-Limit").Single());
        Assert.Equal("0", second.Headers.GetValues("RateLimit-Remaining").Single());
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.Equal("rate_limited", await Task.FromResult(third).ErrorAsync(HttpStatusCode.TooManyRequests));
        host.Time.Advance(third.Headers.RetryAfter!.Delta!.Value);

        using var later = await CreateAsync(host, token);
        Assert.NotEqual(HttpStatusCode.TooManyRequests, later.StatusCode);
    }

    [Fact]
    public async Task Reading_is_not_limited_and_one_users_limit_is_not_anothers()
    {
        await using var host = await AuthHost.StartAsync("--RateLimit:Mode=on", "--RateLimit:RequestsPerMinute=1");
        var token = await host.TokenAsync();
        using var first = await CreateAsync(host, token);
        using var second = await CreateAsync(host, token);

        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.True(await host.WorksAsync(token));
        using var other = await CreateAsync(host, await host.TokenAsync("user2"));
        Assert.NotEqual(HttpStatusCode.TooManyRequests, other.StatusCode);
    }

    [Fact]
    public async Task Messages_and_items_of_batches_come_from_one_bucket_that_other_requests_do_not_touch()
    {
        await using var host = await AuthHost.StartAsync("--RateLimit:Mode=on", "--RateLimit:MessagesPerMinute=3", "--RateLimit:RequestsPerMinute=100");
        var token = await host.TokenAsync();
        var message = new { conversation_id = "conv-test", channels = new[] { "chat4all" }, content = "hello" };
        using var created = await CreateAsync(host, token);

        await host.PostJsonAsync("/v1/messages", message, token).JsonAsync(HttpStatusCode.Accepted);
        using var tooMany = await host.PostJsonAsync("/v1/messages/batch", new { messages = new[] { message, message, message } }, token);
        await host.PostJsonAsync("/v1/messages/batch", new { messages = new[] { message, message } }, token).JsonAsync(HttpStatusCode.Accepted);

        Assert.Equal(HttpStatusCode.TooManyRequests, tooMany.StatusCode);
        await host.PostJsonAsync("/v1/messages", message, token).JsonAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal(3, host.Services.GetRequiredService<MessageRateLimiter>().TryTake("user2", 1).Limit);
    }

    [Fact]
    public async Task A_batch_that_no_minute_can_hold_is_told_so_instead_of_to_wait()
    {
        await using var host = await AuthHost.StartAsync("--RateLimit:Mode=on", "--RateLimit:MessagesPerMinute=3");
        var token = await host.TokenAsync();
        var message = new { conversation_id = "conv-test", channels = new[] { "chat4all" }, content = "hello" };

        var refusal = await host.PostJsonAsync("/v1/messages/batch", new { messages = new[] { message, message, message, message } }, token).JsonAsync(HttpStatusCode.BadRequest);
        await host.PostJsonAsync("/v1/messages/batch", new { messages = new[] { message, message, message } }, token).JsonAsync(HttpStatusCode.Accepted);

        Assert.Equal("batch_too_large", refusal.GetProperty("error").GetString());
        Assert.Contains("at most 3", refusal.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.True(refusal.GetProperty("field_errors").TryGetProperty("messages", out _));
    }

    [Theory]
    [InlineData("production", 60)]
    [InlineData("development", 6000)]
    public void A_minute_has_60_messages_in_production_and_6000_elsewhere(string environment, int expected)
    {
        var server = new ServerOptions { Environment = environment };

        Assert.Equal(expected, new RateLimitOptions().Messages(server));
        Assert.Equal(expected, new RateLimitOptions().Requests(server));
    }

    [Fact]
    public void Off_means_no_limit_and_no_headers()
    {
        var limiter = new MessageRateLimiter(new RateLimitOptions { Mode = "off", MessagesPerMinute = 1 }, new ServerOptions(), TimeProvider.System);

        Assert.All(Enumerable.Range(0, 5), _ => Assert.Equal(RateDecision.Unlimited, limiter.TryTake("user1", 500)));
    }

    private static Task<HttpResponseMessage> CreateAsync(AuthHost host, string token) =>
        host.PostJsonAsync("/v1/conversations/conv-test/read", new { }, token);
}
