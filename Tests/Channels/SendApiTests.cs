using System.Text;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Connectors;

/// <summary>Messages over the Send API of Messenger and Instagram, against a stand-in that holds them to its documentation.</summary>
public sealed class SendApiTests : IAsyncLifetime
{
    private const string Recipient = "1254459154682919";

    private SendApiStandIn _messenger = null!;
    private SendApiStandIn _instagram = null!;

    public async Task InitializeAsync()
    {
        _messenger = await SendApiStandIn.StartAsync("RESPONSE", 2000);
        _instagram = await SendApiStandIn.StartAsync(null, 1000);
    }

    public async Task DisposeAsync()
    {
        await _messenger.DisposeAsync();
        await _instagram.DisposeAsync();
    }

    [Theory]
    [InlineData(Channels.Messenger)]
    [InlineData(Channels.Instagram)]
    public async Task A_text_goes_out_as_published_and_comes_back_with_the_platforms_id(Channels channel)
    {
        var result = await SendAsync(channel, Inside(Outgoing.Text("Hi é", Recipient)));

        Assert.Equal(new SendResult(AttemptOutcome.Sent, "m_1"), result);
        var request = Assert.Single(Platform(channel).Received);
        Assert.Empty(request.Violations);
        Assert.Equal("Hi é", request.Json.GetProperty("message").GetProperty("text").GetString());
        Assert.Equal(Recipient, request.Json.GetProperty("recipient").GetProperty("id").GetString());
    }

    [Theory]
    [InlineData(Channels.Messenger, "image/png", "image")]
    [InlineData(Channels.Messenger, "application/pdf", "file")]
    [InlineData(Channels.Instagram, "video/mp4", "video")]
    [InlineData(Channels.Instagram, "audio/mp4", "audio")]
    public async Task A_file_goes_out_by_link(Channels channel, string mimeType, string type)
    {
        var result = await SendAsync(channel, Inside(Outgoing.File(TestMedia.FileId, Recipient)), new TestMedia("a", mimeType, 1000));

        Assert.Equal(AttemptOutcome.Sent, result.Outcome);
        var request = Assert.Single(Platform(channel).Received);
        Assert.Empty(request.Violations);
        var attachment = request.Json.GetProperty("message").GetProperty("attachment");
        Assert.Equal(type, attachment.GetProperty("type").GetString());
        Assert.Equal(TestMedia.Link.AbsoluteUri, attachment.GetProperty("payload").GetProperty("url").GetString());
    }

    [Fact]
    public async Task Messenger_also_takes_uploads()
    {
        var media = new TestMedia("a.png", "image/png", 5) { Content = "image"u8.ToArray() };

        var result = await SendAsync(Channels.Messenger, Inside(Outgoing.File(TestMedia.FileId, Recipient)), media, ("Media", "upload"));

        Assert.Equal(AttemptOutcome.Sent, result.Outcome);
        var request = Assert.Single(_messenger.Received);
        Assert.Empty(request.Violations);
        Assert.Equal(("filedata", "a.png", "image/png", "image"), (request.File!.Value.Field, request.File.Value.Name, request.File.Value.Type, Encoding.UTF8.GetString(request.File.Value.Content)));
    }

    [Theory]
    [InlineData(Channels.Messenger)]
    [InlineData(Channels.Instagram)]
    public async Task What_the_platform_cannot_take_is_not_tried(Channels channel)
    {
        var text = Inside(Outgoing.Text("x", Recipient));

        Assert.Equal("outside_window", (await SendAsync(channel, text with { LastInboundAt = null })).Error);
        Assert.Equal("outside_window", (await SendAsync(channel, text with { LastInboundAt = DateTimeOffset.UtcNow.AddDays(-1) })).Error);
        Assert.Equal("unsupported_payload", (await SendAsync(channel, Inside(Outgoing.Template("a", "en", [], Recipient)))).Error);
        Assert.Equal("text_too_long", (await SendAsync(channel, Inside(Outgoing.Text(new string('x', 2001), Recipient)))).Error);
        Assert.Equal("invalid_address", (await SendAsync(channel, Inside(Outgoing.Text("x", "a/b")))).Error);
        Assert.Equal("file_too_large", (await SendAsync(channel, Inside(Outgoing.File(TestMedia.FileId, Recipient)), new TestMedia("a", "video/mp4", 26 * 1024 * 1024) { Content = [] })).Error);
        Assert.Empty(Platform(channel).Received);
    }

    [Fact]
    public async Task Instagram_counts_bytes_and_takes_smaller_images()
    {
        Assert.Equal("text_too_long", (await SendAsync(Channels.Instagram, Inside(Outgoing.Text(new string('é', 501), Recipient)))).Error);
        Assert.Equal(AttemptOutcome.Sent, (await SendAsync(Channels.Instagram, Inside(Outgoing.Text(new string('é', 500), Recipient)))).Outcome);
        Assert.Equal("file_too_large", (await SendAsync(Channels.Instagram, Inside(Outgoing.File(TestMedia.FileId, Recipient)), new TestMedia("a", "image/png", 9 * 1024 * 1024) { Content = [] })).Error);
    }

    [Theory]
    [InlineData(403, 10, 2018278, null, AttemptOutcome.Failed, "outside_window", null)]
    [InlineData(400, 10, 2534022, null, AttemptOutcome.Failed, "outside_window", null)]
    [InlineData(400, 551, 1545041, null, AttemptOutcome.Failed, "recipient_unavailable", null)]
    [InlineData(400, 551, 0, null, AttemptOutcome.Failed, "recipient_unavailable", null)]
    [InlineData(400, 200, 1545041, null, AttemptOutcome.Failed, "recipient_unavailable", null)]
    [InlineData(400, 100, 2018001, null, AttemptOutcome.Failed, "invalid_address", null)]
    [InlineData(400, 100, 0, null, AttemptOutcome.Failed, "invalid_request", null)]
    [InlineData(400, 2022, 0, null, AttemptOutcome.Failed, "sender_restricted", null)]
    [InlineData(400, 4, 0, null, AttemptOutcome.Throttled, "throttled", 30)]
    [InlineData(400, 17, 0, null, AttemptOutcome.Throttled, "throttled", 30)]
    [InlineData(400, 32, 0, "5", AttemptOutcome.Throttled, "throttled", 5)]
    [InlineData(429, 613, 0, null, AttemptOutcome.Throttled, "throttled", 30)]
    [InlineData(500, 1200, 0, null, AttemptOutcome.Retry, "platform_error", null)]
    [InlineData(500, 2, 1545133, null, AttemptOutcome.Retry, "platform_error", null)]
    [InlineData(400, 190, 463, null, AttemptOutcome.Retry, "credentials_refused", null)]
    [InlineData(403, 230, 0, null, AttemptOutcome.Retry, "permission_denied", null)]
    [InlineData(403, 10, 0, null, AttemptOutcome.Retry, "permission_denied", null)]
    public async Task An_error_code_decides_what_becomes_of_the_message(int status, int code, int subcode, string? retryAfter, AttemptOutcome outcome, string error, int? seconds)
    {
        _messenger.AnswerNext(status, $$$"""{"error":{"message":"m","type":"OAuthException","code":{{{code}}},"error_subcode":{{{subcode}}},"fbtrace_id":"A"}}""", retryAfter);

        var result = await SendAsync(Channels.Messenger, Inside(Outgoing.Text("x", Recipient)));

        Assert.Equal(new SendResult(outcome, Error: error, RetryAfter: seconds is { } s ? TimeSpan.FromSeconds(s) : null), result);
    }

    private static OutgoingMessage Inside(OutgoingMessage message) => message with { LastInboundAt = DateTimeOffset.UtcNow.AddHours(-1) };

    private SendApiStandIn Platform(Channels channel) => channel == Channels.Messenger ? _messenger : _instagram;

    private async Task<SendResult> SendAsync(Channels channel, OutgoingMessage message, IMediaLinks? media = null, params (string, string)[] settings)
    {
        await using var connectors = TestConnectors.SendApi(channel, Platform(channel).Address, media, settings);
        return await connectors[channel].SendAsync(message, CancellationToken.None);
    }
}
