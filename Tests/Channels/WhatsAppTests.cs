using System.Text;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Connectors;

/// <summary>Messages over WhatsApp's Cloud API, against a stand-in that holds them to its documentation.</summary>
public sealed class WhatsAppTests : IAsyncLifetime
{
    private WhatsAppStandIn _platform = null!;

    public async Task InitializeAsync() => _platform = await WhatsAppStandIn.StartAsync();

    public async Task DisposeAsync() => await _platform.DisposeAsync();

    [Fact]
    public async Task A_text_goes_out_as_published_and_comes_back_with_the_platforms_id()
    {
        var result = await SendAsync(Inside(Outgoing.Text("Hi \"é\" 👋")));

        Assert.Equal(new SendResult(AttemptOutcome.Sent, "wamid.1"), result);
        var request = Assert.Single(_platform.Received);
        Assert.Empty(request.Violations);
        Assert.Equal("Hi \"é\" 👋", request.Json.GetProperty("text").GetProperty("body").GetString());
        Assert.Equal("15550123", request.Json.GetProperty("to").GetString());
        Assert.False(request.Headers.ContainsKey("traceparent"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(0)]
    public async Task A_template_goes_out_whenever_the_recipient_last_wrote(int parameters)
    {
        var values = Enumerable.Range(1, parameters).Select(i => $"value {i}").ToArray();

        var result = await SendAsync(Outgoing.Template("order_sent", "pt_BR", values));

        Assert.Equal(AttemptOutcome.Sent, result.Outcome);
        var request = Assert.Single(_platform.Received);
        Assert.Empty(request.Violations);
        var template = request.Json.GetProperty("template");
        Assert.Equal("pt_BR", template.GetProperty("language").GetProperty("code").GetString());
        Assert.Equal(values, template.TryGetProperty("components", out var components) ? components[0].GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("text").GetString()!) : []);
    }

    [Theory]
    [InlineData("a.jpg", "image/jpeg", 1000, "image")]
    [InlineData("a.jpg", "image/jpeg", 6_000_000, "document")]
    [InlineData("a.mp4", "video/mp4", 1000, "video")]
    [InlineData("a.ogg", "audio/ogg", 1000, "audio")]
    [InlineData("a.pdf", "application/pdf", 1000, "document")]
    [InlineData("a.exe", "application/x-anything", 1000, "document")]
    public async Task A_file_goes_out_by_link(string filename, string mimeType, long size, string type)
    {
        var result = await SendAsync(Inside(Outgoing.File(TestMedia.FileId)), new TestMedia(filename, mimeType, size));

        Assert.Equal(new SendResult(AttemptOutcome.Sent, "wamid.1"), result);
        var request = Assert.Single(_platform.Received);
        Assert.Empty(request.Violations);
        Assert.Equal(type, request.Json.GetProperty("type").GetString());
        Assert.Equal(TestMedia.Link.AbsoluteUri, request.Json.GetProperty(type).GetProperty("link").GetString());
        Assert.Equal(type == "document", request.Json.GetProperty(type).TryGetProperty("filename", out _));
    }

    [Fact]
    public async Task A_file_goes_out_by_upload_where_links_cannot_be_fetched()
    {
        var media = new TestMedia("Ünï \"x\".png", "image/png", 5) { Content = "image"u8.ToArray() };

        var result = await SendAsync(Inside(Outgoing.File(TestMedia.FileId)), media, ("Media", "upload"));

        Assert.Equal(new SendResult(AttemptOutcome.Sent, "wamid.2"), result);
        Assert.All(_platform.Received, request => Assert.Empty(request.Violations));
        Assert.Equal("image", Encoding.UTF8.GetString(_platform.Received[0].File!.Value.Content));
        Assert.Equal("Ünï _x_.png", _platform.Received[0].File!.Value.Name);
        Assert.Equal("media-1", _platform.Received[1].Json.GetProperty("image").GetProperty("id").GetString());
    }

    [Fact]
    public async Task An_upload_without_an_answer_is_simply_tried_again_because_nobody_saw_it()
    {
        _platform.CutNext();

        var result = await SendAsync(Inside(Outgoing.File(TestMedia.FileId)), new TestMedia("a.png", "image/png", 5), ("Media", "upload"));

        Assert.Equal(new SendResult(AttemptOutcome.Retry, Error: "upload_failed"), result);
    }

    [Fact]
    public async Task A_file_that_is_missing_too_large_or_not_to_be_had_now_is_no_request()
    {
        var small = new TestMedia("a.pdf", "application/pdf", 1);
        var large = new TestMedia("a.pdf", "application/pdf", (100L * 1024 * 1024) + 1) { Content = [] };
        var away = new TestMedia("a.pdf", "application/pdf", 1) { IsAway = true };

        Assert.Equal("file_not_found", (await SendAsync(Inside(Outgoing.File("another")), small)).Error);
        Assert.Equal("file_not_found", (await SendAsync(Inside(Outgoing.File(TestMedia.FileId)))).Error);
        Assert.Equal(new SendResult(AttemptOutcome.Failed, Error: "file_too_large"), await SendAsync(Inside(Outgoing.File(TestMedia.FileId)), large));
        Assert.Equal(new SendResult(AttemptOutcome.Retry, Error: "media_unavailable"), await SendAsync(Inside(Outgoing.File(TestMedia.FileId)), away));
        Assert.Empty(_platform.Received);
    }

    [Fact]
    public async Task Outside_the_24_hour_window_nothing_but_a_template_is_tried()
    {
        var never = Outgoing.Text();
        var longAgo = never with { LastInboundAt = DateTimeOffset.UtcNow.AddHours(-24) };

        Assert.Equal(new SendResult(AttemptOutcome.Failed, Error: "outside_window"), await SendAsync(never));
        Assert.Equal(new SendResult(AttemptOutcome.Failed, Error: "outside_window"), await SendAsync(longAgo));
        Assert.Empty(_platform.Received);
        Assert.Equal(AttemptOutcome.Sent, (await SendAsync(longAgo with { LastInboundAt = DateTimeOffset.UtcNow.AddHours(-23.9) })).Outcome);
        Assert.Equal(AttemptOutcome.Sent, (await SendAsync(never, null, ("CheckWindow", "false"))).Outcome);
    }

    [Theory]
    [InlineData("user2", "x", "invalid_address")]
    [InlineData("", "x", "invalid_address")]
    [InlineData("++15550123", "x", "invalid_address")]
    [InlineData("١٢٣٤٥٦٧", "x", "invalid_address")]
    [InlineData("15550123", null, "text_too_long")]
    public async Task What_the_platform_cannot_take_is_not_tried(string address, string? text, string error)
    {
        Assert.Equal(new SendResult(AttemptOutcome.Failed, Error: error), await SendAsync(Inside(Outgoing.Text(text ?? new string('x', 4097), address))));
        Assert.Empty(_platform.Received);
    }

    [Theory]
    [InlineData(400, 131047, null, AttemptOutcome.Failed, "outside_window", null)]
    [InlineData(400, 131026, null, AttemptOutcome.Failed, "recipient_unavailable", null)]
    [InlineData(400, 131050, null, AttemptOutcome.Failed, "recipient_opted_out", null)]
    [InlineData(400, 131030, null, AttemptOutcome.Failed, "recipient_not_allowed", null)]
    [InlineData(403, 131031, null, AttemptOutcome.Failed, "sender_restricted", null)]
    [InlineData(403, 368, null, AttemptOutcome.Failed, "sender_restricted", null)]
    [InlineData(400, 132001, null, AttemptOutcome.Failed, "template_refused", null)]
    [InlineData(400, 131053, null, AttemptOutcome.Failed, "media_refused", null)]
    [InlineData(400, 100, null, AttemptOutcome.Failed, "invalid_request", null)]
    [InlineData(400, 139999, null, AttemptOutcome.Failed, "refused_139999", null)]
    [InlineData(429, 130429, null, AttemptOutcome.Throttled, "throttled", 1)]
    [InlineData(400, 130429, null, AttemptOutcome.Throttled, "throttled", 1)]
    [InlineData(429, 130429, "7", AttemptOutcome.Throttled, "throttled", 7)]
    [InlineData(400, 131056, null, AttemptOutcome.Throttled, "throttled", 6)]
    [InlineData(400, 80007, null, AttemptOutcome.Throttled, "throttled", 30)]
    [InlineData(400, 4, "60", AttemptOutcome.Throttled, "throttled", 60)]
    [InlineData(500, 131000, null, AttemptOutcome.Retry, "platform_error", null)]
    [InlineData(503, 131016, null, AttemptOutcome.Retry, "platform_error", null)]
    [InlineData(401, 190, null, AttemptOutcome.Retry, "credentials_refused", null)]
    [InlineData(401, 0, null, AttemptOutcome.Retry, "credentials_refused", null)]
    [InlineData(403, 131005, null, AttemptOutcome.Retry, "permission_denied", null)]
    [InlineData(403, 10, null, AttemptOutcome.Retry, "permission_denied", null)]
    public async Task An_error_code_decides_what_becomes_of_the_message(int status, int code, string? retryAfter, AttemptOutcome outcome, string error, int? seconds)
    {
        _platform.AnswerNext(status, $$$"""{"error":{"message":"(#{{{code}}}) to 15550123","type":"OAuthException","code":{{{code}}},"error_data":{"messaging_product":"whatsapp","details":"x"},"fbtrace_id":"A"}}""", retryAfter);

        var result = await SendAsync(Inside(Outgoing.Text()));

        Assert.Equal(new SendResult(outcome, Error: error, RetryAfter: seconds is { } s ? TimeSpan.FromSeconds(s) : null), result);
    }

    private static OutgoingMessage Inside(OutgoingMessage message) => message with { LastInboundAt = DateTimeOffset.UtcNow.AddHours(-1) };

    private async Task<SendResult> SendAsync(OutgoingMessage message, IMediaLinks? media = null, params (string, string)[] settings)
    {
        await using var connectors = TestConnectors.WhatsApp(_platform.Address, media, null, settings);
        return await connectors[Channels.WhatsApp].SendAsync(message, CancellationToken.None);
    }
}
