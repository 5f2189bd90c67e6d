using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Incoming;
using Chat4All.Tests.Auth;

namespace Chat4All.Tests.Api.Incoming;

/// <summary>What of the platforms' calls comes through the door.</summary>
[Trait("Category", "Integration")]
public sealed class ChannelWebhooksTests(ChannelWebhooksFixture fixture) : IClassFixture<ChannelWebhooksFixture>
{
    private const string Text = """{"from": "16315551181", "id": "wamid.x", "timestamp": "1504902988", "type": "text", "text": {"body": "grüße"}}""";

    /// <summary>Routes whose bodies are proven by a signature before they are looked at; their bad bodies are tested here.</summary>
    internal static string[] Routes => [.. new[] { "whatsapp", "instagram", "messenger", "telegram" }.Select(static channel => $"POST /v1/channels/{channel}/webhook")];

    private HttpClient Http => fixture.Host.Http;

    [Fact]
    public async Task A_signed_body_is_in_the_log_as_it_came_under_its_senders_key()
    {
        var body = Body(Text);

        using var response = await PostMetaAsync("whatsapp", body, WebhookSignatureTests.Sign(body, ChannelWebhooksFixture.Secret));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        var incoming = fixture.Log.Of(Topics.ChannelIncoming).Last(e => e.Key == "16315551181");
        var (channel, stored) = IncomingCall.Read(incoming);
        Assert.Equal("whatsapp", channel);
        Assert.Equal(body, stored.ToArray());
    }

    [Fact]
    public async Task A_body_about_several_people_is_one_event_for_each_under_their_keys()
    {
        var body = Body(Text.Replace("16315551181", "11", StringComparison.Ordinal) + "," + Text.Replace("16315551181", "12", StringComparison.Ordinal));
        for (var call = 1; call <= 2; call++)
        {
            using var response = await PostMetaAsync("whatsapp", body, WebhookSignatureTests.Sign(body, ChannelWebhooksFixture.Secret));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        var events = fixture.Log.Of(Topics.ChannelIncoming).TakeLast(4).ToList();
        Assert.Equal(["11", "12", "11", "12"], events.Select(static e => e.Key));
        Assert.Equal(2, events.Select(static e => e.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_body_that_nobody_understands_goes_as_it_is_under_the_channels_key()
    {
        byte[][] bodies = [Body(Text), "no JSON"u8.ToArray(), [0xff, 0xfe, 0]];
        foreach (var body in bodies)
        {
            using var response = await PostMetaAsync("messenger", body, WebhookSignatureTests.Sign(body, ChannelWebhooksFixture.Secret));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        var stored = fixture.Log.Of(Topics.ChannelIncoming).Where(static e => e.Key == "messenger").Select(static e => IncomingCall.Read(e).Body.ToArray());
        Assert.Equal(bodies, stored.TakeLast(3));
    }

    [Fact]
    public async Task A_bad_signature_is_401_counted_and_kept_out()
    {
        var body = Body(Text);
        var before = (Log: fixture.Log.Of(Topics.ChannelIncoming).Length, Count: await CountAsync("whatsapp", "bad_signature"));

        foreach (var signature in new[] { null, "", "sha256=", WebhookSignatureTests.Sign(body, "another"), WebhookSignatureTests.Sign([.. body, 1], ChannelWebhooksFixture.Secret) })
        {
            using var response = await PostMetaAsync("whatsapp", body, signature);
            Assert.Equal("bad_signature", await Task.FromResult(response).ErrorAsync(HttpStatusCode.Unauthorized));
        }

        Assert.Equal(before.Log, fixture.Log.Of(Topics.ChannelIncoming).Length);
        Assert.Equal(before.Count + 5, await CountAsync("whatsapp", "bad_signature"));
    }

    [Fact]
    public async Task Telegram_is_known_by_its_secret()
    {
        var update = """{"update_id": 1, "message": {"message_id": 2, "date": 1441645532, "chat": {"id": 42, "type": "private"}, "text": "hi"}}"""u8.ToArray();

        using var accepted = await PostTelegramAsync(update, ChannelWebhooksFixture.TelegramSecret);
        using var wrong = await PostTelegramAsync(update, "another");
        using var missing = await PostTelegramAsync(update, null);

        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, missing.StatusCode);
        Assert.Equal(update, IncomingCall.Read(Assert.Single(fixture.Log.Of(Topics.ChannelIncoming), static e => e.Key == "42")).Body.ToArray());
    }

    [Fact]
    public async Task Without_a_secret_nothing_is_accepted()
    {
        var body = Body(Text);
        using var unsigned = await PostMetaAsync("instagram", body, null);
        using var signed = await PostMetaAsync("instagram", body, WebhookSignatureTests.Sign(body, ""));
        using var handshake = await Http.GetAsync("/v1/channels/instagram/webhook?hub.mode=subscribe&hub.verify_token=&hub.challenge=1");

        foreach (var response in new[] { unsigned, signed, handshake })
        {
            Assert.Equal("channel_not_configured", await Task.FromResult(response).ErrorAsync(HttpStatusCode.ServiceUnavailable));
            Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        }
    }

    [Theory]
    [InlineData("hub.mode=subscribe&hub.verify_token=a%20verify%20token%20of%20tests&hub.challenge=1158201444", HttpStatusCode.OK)]
    [InlineData("hub.mode=subscribe&hub.verify_token=another&hub.challenge=1158201444", HttpStatusCode.Forbidden)]
    [InlineData("hub.mode=unsubscribe&hub.verify_token=a%20verify%20token%20of%20tests&hub.challenge=1158201444", HttpStatusCode.Forbidden)]
    [InlineData("hub.challenge=1158201444", HttpStatusCode.Forbidden)]
    public async Task The_challenge_goes_back_to_whoever_knows_the_token(string query, HttpStatusCode expected)
    {
        using var response = await Http.GetAsync($"/v1/channels/whatsapp/webhook?{query}");

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(expected == HttpStatusCode.OK, await response.Content.ReadAsStringAsync() == "1158201444");
    }

    [Fact]
    public async Task A_body_over_4_mebibytes_is_413()
    {
        var body = new byte[(4 * 1024 * 1024) + 1];

        using var response = await PostMetaAsync("whatsapp", body, WebhookSignatureTests.Sign(body, ChannelWebhooksFixture.Secret));
        using var chunked = await SendAsync("whatsapp", new StreamContent(new MemoryStream(body)), "X-Hub-Signature-256", "x", chunked: true);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, chunked.StatusCode);
    }

    [Fact]
    public async Task A_log_that_refuses_or_is_slow_makes_the_platform_call_again()
    {
        var body = Body(Text);
        var signature = WebhookSignatureTests.Sign(body, ChannelWebhooksFixture.Secret);
        var never = new TaskCompletionSource();
        await using var host = await AuthHost.StartAsync(
            ChannelWebhooksFixture.Watch, $"--Channels:WhatsApp:AppSecret={ChannelWebhooksFixture.Secret}", "--Channels:IncomingTimeoutMilliseconds=100");
        var log = ChannelWebhooksFixture.LogOf(host);

        foreach (var fault in new Func<CancellationToken, Task>[] { _ => throw new IOException("full"), _ => never.Task })
        {
            log.Before = fault;
            using var response = await PostMetaAsync("whatsapp", body, signature, host.Http);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.NotNull(response.Headers.RetryAfter);
        }

        log.Before = null;
        using var accepted = await PostMetaAsync("whatsapp", body, signature, host.Http);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        Assert.Single(log.Of(Topics.ChannelIncoming));
    }

    [Fact]
    public void The_same_body_again_is_the_same_event()
    {
        var now = DateTimeOffset.UtcNow;
        Assert.Equal(IncomingCall.ToEvent("whatsapp", "1", Body(Text), now).Id, IncomingCall.ToEvent("whatsapp", "1", Body(Text), now.AddHours(1)).Id);
        Assert.NotEqual(IncomingCall.ToEvent("whatsapp", "1", Body(Text), now).Id, IncomingCall.ToEvent("telegram", "1", Body(Text), now).Id);
    }

    private static byte[] Body(string messages) => Encoding.UTF8.GetBytes(
        $$$"""{"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [{"field": "messages", "value": {"messages": [{{{messages}}}]}}]}]}""");

    private Task<HttpResponseMessage> PostMetaAsync(string channel, byte[] body, string? signature, HttpClient? http = null) =>
        SendAsync(channel, new ByteArrayContent(body), "X-Hub-Signature-256", signature, http: http);

    private Task<HttpResponseMessage> PostTelegramAsync(byte[] body, string? secret) =>
        SendAsync("telegram", new ByteArrayContent(body), "X-Telegram-Bot-Api-Secret-Token", secret);

    private async Task<HttpResponseMessage> SendAsync(string channel, HttpContent content, string header, string? value, bool chunked = false, HttpClient? http = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/channels/{channel}/webhook") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.ExpectContinue = true;
        if (value is not null)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        return await (http ?? Http).SendAsync(request);
    }

    private async Task<long> CountAsync(string channel, string result)
    {
        var text = await Http.GetStringAsync("/metrics");
        var match = Regex.Match(text, $"chat4all_channel_webhooks_total\\{{channel=\"{channel}\",result=\"{result}\"\\}} ([0-9]+)");
        return match.Success ? long.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : 0;
    }
}
