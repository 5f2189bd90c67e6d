using System.Text;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Connectors;

/// <summary>Messages over Telegram's Bot API, against a stand-in that holds them to its documentation.</summary>
public sealed class TelegramTests : IAsyncLifetime
{
    private TelegramStandIn _platform = null!;

    public async Task InitializeAsync() => _platform = await TelegramStandIn.StartAsync();

    public async Task DisposeAsync() => await _platform.DisposeAsync();

    [Theory]
    [InlineData("42")]
    [InlineData("-1001234567890")]
    [InlineData("@a_channel")]
    public async Task A_text_goes_out_as_published(string chat)
    {
        var result = await SendAsync(Outgoing.Text("Hi é", chat));

        Assert.Equal(AttemptOutcome.Sent, result.Outcome);
        var request = Assert.Single(_platform.Received);
        Assert.Empty(request.Violations);
        Assert.Equal("Hi é", request.Json.GetProperty("text").GetString());
        Assert.Equal(chat, request.Json.GetProperty("chat_id").ToString());
    }

    [Fact]
    public async Task An_external_id_tells_chats_apart_and_names_none()
    {
        var first = await SendAsync(Outgoing.Text("x", "4242424242"));
        var second = await SendAsync(Outgoing.Text("x", "-4242424242"));

        Assert.EndsWith(".1", first.ExternalId, StringComparison.Ordinal);
        Assert.EndsWith(".2", second.ExternalId, StringComparison.Ordinal);
        Assert.NotEqual(first.ExternalId![..^1], second.ExternalId![..^1]);
        Assert.DoesNotContain("4242424242", first.ExternalId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("image/png", "sendPhoto")]
    [InlineData("video/mp4", "sendVideo")]
    [InlineData("audio/mpeg", "sendAudio")]
    [InlineData("application/pdf", "sendDocument")]
    [InlineData("text/plain", "sendDocument")]
    public async Task A_file_is_uploaded_by_the_method_for_its_type(string mimeType, string method)
    {
        var media = new TestMedia("Ünï.bin", mimeType, 7) { Content = "content"u8.ToArray() };

        var result = await SendAsync(Outgoing.File(TestMedia.FileId, "42"), media);

        Assert.Equal(AttemptOutcome.Sent, result.Outcome);
        var request = Assert.Single(_platform.Received);
        Assert.Empty(request.Violations);
        Assert.EndsWith(method, request.Path, StringComparison.Ordinal);
        Assert.Equal(("Ünï.bin", mimeType, "content"), (request.File!.Value.Name, request.File.Value.Type, Encoding.UTF8.GetString(request.File.Value.Content)));
    }

    [Theory]
    [InlineData("image/jpeg", 1000, true)]
    [InlineData("image/jpeg", 6_000_000, false)]
    [InlineData("application/pdf", 1000, true)]
    [InlineData("application/pdf", 21_000_000, false)]
    [InlineData("text/plain", 1000, false)]
    public async Task By_link_go_only_the_types_and_sizes_that_Telegram_fetches(string mimeType, long size, bool byLink)
    {
        var result = await SendAsync(Outgoing.File(TestMedia.FileId, "42"), new TestMedia("a", mimeType, size), ("Media", "link"));

        Assert.Equal(AttemptOutcome.Sent, result.Outcome);
        var request = Assert.Single(_platform.Received);
        Assert.Empty(request.Violations);
        Assert.Equal(byLink, !request.IsForm);
    }

    [Fact]
    public async Task A_file_that_ends_too_early_is_a_request_that_never_was()
    {
        var media = new TestMedia("a", "text/plain", 1000) { Content = new byte[10] };

        var result = await SendAsync(Outgoing.File(TestMedia.FileId, "42"), media);

        Assert.Equal(new SendResult(AttemptOutcome.Retry, Error: "media_unavailable"), result);
        Assert.Empty(_platform.Received);
    }

    [Fact]
    public async Task What_the_platform_cannot_take_is_not_tried()
    {
        foreach (var address in new[] { "user2", "+42", "0", "4 2", "@a b", "@", "99999999999999999999", "42/../x" })
        {
            Assert.Equal(new SendResult(AttemptOutcome.Failed, Error: "invalid_address"), await SendAsync(Outgoing.Text("x", address)));
        }

        Assert.Equal("text_too_long", (await SendAsync(Outgoing.Text(new string('x', 4097), "42"))).Error);
        Assert.Equal("unsupported_payload", (await SendAsync(Outgoing.Template("a", "en", [], "42"))).Error);
        Assert.Equal("file_too_large", (await SendAsync(Outgoing.File(TestMedia.FileId, "42"), new TestMedia("a", "text/plain", 51 * 1024 * 1024) { Content = [] })).Error);
        Assert.Empty(_platform.Received);
    }

    [Theory]
    [InlineData(429, "Too Many Requests: retry after 9", ""","parameters":{"retry_after":9}""", AttemptOutcome.Throttled, "throttled", 9)]
    [InlineData(429, "Too Many Requests", "", AttemptOutcome.Throttled, "throttled", 1)]
    [InlineData(403, "Forbidden: bot was blocked by the user", "", AttemptOutcome.Failed, "recipient_unavailable", null)]
    [InlineData(403, "Forbidden: user is deactivated", "", AttemptOutcome.Failed, "recipient_unavailable", null)]
    [InlineData(400, "Bad Request: chat not found", "", AttemptOutcome.Failed, "invalid_address", null)]
    [InlineData(400, "Bad Request: group chat was upgraded to a supergroup chat", ""","parameters":{"migrate_to_chat_id":-100}""", AttemptOutcome.Failed, "chat_moved", null)]
    [InlineData(400, "Bad Request: message is too long", "", AttemptOutcome.Failed, "text_too_long", null)]
    [InlineData(400, "Bad Request: failed to get HTTP URL content", "", AttemptOutcome.Retry, "media_unreachable", null)]
    [InlineData(400, "Bad Request: wrong file identifier/HTTP URL specified", "", AttemptOutcome.Failed, "media_refused", null)]
    [InlineData(400, "Bad Request: something new", "", AttemptOutcome.Failed, "invalid_request", null)]
    [InlineData(401, "Unauthorized", "", AttemptOutcome.Retry, "credentials_refused", null)]
    [InlineData(404, "Not Found", "", AttemptOutcome.Retry, "credentials_refused", null)]
    [InlineData(500, "Internal Server Error", "", AttemptOutcome.Retry, "platform_error", null)]
    public async Task An_error_decides_what_becomes_of_the_message(int status, string description, string parameters, AttemptOutcome outcome, string error, int? seconds)
    {
        _platform.AnswerNext(status, $$"""{"ok":false,"error_code":{{status}},"description":"{{description}}"{{parameters}}}""");

        var result = await SendAsync(Outgoing.Text("x", "42"));

        Assert.Equal(new SendResult(outcome, Error: error, RetryAfter: seconds is { } s ? TimeSpan.FromSeconds(s) : null), result);
    }

    private async Task<SendResult> SendAsync(OutgoingMessage message, IMediaLinks? media = null, params (string, string)[] settings)
    {
        await using var connectors = TestConnectors.Telegram(_platform.Address, media, settings);
        return await connectors[Channels.Telegram].SendAsync(message, CancellationToken.None);
    }
}
