using System.Net;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Auth;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.Api.Webhooks;

/// <summary>Webhooks as their owners see them. Addresses are literal, so that no name is asked for.</summary>
[Trait("Category", "Integration")]
public sealed class WebhooksApiTests(AuthHostFixture fixture) : IClassFixture<AuthHostFixture>
{
    private const string PublicUrl = "https://93.184.215.14/hook?a=b";

    private AuthHost Host => fixture.Host;

    public static TheoryData<string> RefusedUrls =>
    [
        "http://127.0.0.1/", "http://127.0.0.1:8000/v1/users", "https://localhost/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://0.0.0.0/",
        "http://10.0.0.1/", "http://192.168.0.1/", "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://[::ffff:8.8.8.8]/", "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/", "http://[fe80::1]/", "http://[fd00::1]/", "ftp://93.184.215.14/", "file:///etc/passwd", "gopher://93.184.215.14/", "/hook", "hook", "", "https://",
        "https://user:password@93.184.215.14/", "https://93.184.215.14/#fragment", "http://does-not-exist.invalid/",
    ];

    [Fact]
    public async Task A_webhook_is_made_with_a_secret_that_is_shown_once()
    {
        var token = await Host.TokenAsync("user1");

        var made = await Host.PostJsonAsync("/v1/webhooks", new { url = PublicUrl, events = new[] { "message.created", "message.created" } }, token).JsonAsync(HttpStatusCode.Created);
        var given = await Host.PostJsonAsync("/v1/webhooks", new { url = PublicUrl, events = new[] { "*" }, secret = "a secret of sixteen" }, token).JsonAsync(HttpStatusCode.Created);
        var read = await Host.GetAsync($"/v1/webhooks/{made.Text("webhook_id")}", token).JsonAsync();
        var list = await Host.GetAsync("/v1/webhooks", token).JsonAsync();

        Assert.Equal(64, made.Text("secret").Length);
        Assert.Equal("a secret of sixteen", given.Text("secret"));
        Assert.Equal(PublicUrl, read.Text("url"));
        Assert.Equal(["message.created"], read.GetProperty("events").EnumerateArray().Select(static name => name.GetString()));
        Assert.False(read.TryGetProperty("secret", out _));
        Assert.All(list.GetProperty("webhooks").EnumerateArray(), static item => Assert.False(item.TryGetProperty("secret", out _)));
        Assert.Contains(list.GetProperty("webhooks").EnumerateArray(), item => item.Text("webhook_id") == made.Text("webhook_id"));
        Assert.True(list.TryGetProperty("next_cursor", out _));
    }

    [Fact]
    public async Task Another_users_webhook_is_not_there()
    {
        var webhook = await CreateAsync("user2");
        var stranger = await Host.TokenAsync("user3");

        foreach (var (method, path) in new[] { (HttpMethod.Get, ""), (HttpMethod.Delete, ""), (HttpMethod.Post, "/test") })
        {
            Assert.Equal("webhook_not_found", await Host.SendAsync(method, $"/v1/webhooks/{webhook}{path}", stranger).ErrorAsync(HttpStatusCode.NotFound));
        }

        var owner = await Host.TokenAsync("user2");
        await Host.SendAsync(HttpMethod.Delete, $"/v1/webhooks/{webhook}", owner).JsonAsync(HttpStatusCode.NoContent);
        await Host.GetAsync($"/v1/webhooks/{webhook}", owner).JsonAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_user_gets_ten_and_no_more_and_pages_through_them()
    {
        for (var i = 0; i < 10; i++)
        {
            await CreateAsync("user4");
        }

        var token = await Host.TokenAsync("user4");
        Assert.Equal("too_many_webhooks", await Host.PostJsonAsync("/v1/webhooks", new { url = PublicUrl, events = new[] { "*" } }, token).ErrorAsync(HttpStatusCode.Conflict));
        var first = await Host.GetAsync("/v1/webhooks?limit=6", token).JsonAsync();
        var rest = await Host.GetAsync($"/v1/webhooks?limit=6&cursor={first.Text("next_cursor")}", token).JsonAsync();
        Assert.Equal(10, first.GetProperty("webhooks").EnumerateArray().Concat(rest.GetProperty("webhooks").EnumerateArray()).Select(static w => w.Text("webhook_id")).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(RefusedUrls))]
    public async Task An_address_that_is_none_or_not_public_is_refused(string url)
    {
        var problem = await Host.PostJsonAsync("/v1/webhooks", new { url, events = new[] { "*" } }, await Host.TokenAsync("user5")).JsonAsync(HttpStatusCode.BadRequest);

        Assert.Equal("validation_failed", problem.Text("error"));
        Assert.True(problem.GetProperty("field_errors").TryGetProperty("url", out _));
    }

    [Theory]
    [InlineData("""{"url": "https://93.184.215.14/"}""", "events")]
    [InlineData("""{"url": "https://93.184.215.14/", "events": []}""", "events")]
    [InlineData("""{"url": "https://93.184.215.14/", "events": ["message.deleted"]}""", "events")]
    [InlineData("""{"url": "https://93.184.215.14/", "events": [null]}""", "events")]
    [InlineData("""{"url": "https://93.184.215.14/", "events": ["*"], "secret": "too short"}""", "secret")]
    public async Task Other_fields_are_checked_too(string body, string field)
    {
        var problem = await Host.PostJsonAsync("/v1/webhooks", System.Text.Json.JsonElement.Parse(body), await Host.TokenAsync("user5")).JsonAsync(HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("field_errors").TryGetProperty(field, out _));
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/")]
    [InlineData("http://localhost:9/")]
    public async Task An_address_is_checked_again_when_it_is_connected_to(string url)
    {
        // Past the registration's check: as if the name had changed its meaning since.
        var webhook = new Webhook
        {
            WebhookId = $"rebound-{Guid.NewGuid():N}", UserId = "user6", Url = url, Events = "*", Secret = "a secret of sixteen", CreatedAt = DateTimeOffset.UtcNow,
        };
        await Host.Services.GetRequiredService<IWebhookStore>().CreateAsync(webhook, 10, CancellationToken.None);

        var answer = await Host.SendAsync(HttpMethod.Post, $"/v1/webhooks/{webhook.WebhookId}/test", await Host.TokenAsync("user6")).JsonAsync();

        Assert.False(answer.GetProperty("delivered").GetBoolean());
        Assert.Equal("address_refused", answer.Text("error"));
    }

    private async Task<string> CreateAsync(string user) =>
        (await Host.PostJsonAsync("/v1/webhooks", new { url = PublicUrl, events = new[] { "*" } }, await Host.TokenAsync(user)).JsonAsync(HttpStatusCode.Created)).Text("webhook_id");
}
