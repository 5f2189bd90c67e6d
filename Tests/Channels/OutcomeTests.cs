using System.Net;
using System.Net.Sockets;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Connectors;

/// <summary>What is said of a request when no proper answer came: whether the message may be sent again hangs on it.</summary>
public sealed class OutcomeTests : IAsyncLifetime
{
    private TelegramStandIn _platform = null!;

    public async Task InitializeAsync() => _platform = await TelegramStandIn.StartAsync();

    public async Task DisposeAsync() => await _platform.DisposeAsync();

    [Fact]
    public async Task A_request_that_was_read_and_not_answered_has_an_unknown_outcome()
    {
        await using var connectors = TestConnectors.Telegram(_platform.Address, null, ("Timeout", "00:00:03"), ("RecipientInterval", "00:00:00"));
        var unknown = new SendResult(AttemptOutcome.Unknown, Error: "outcome_unknown");

        _platform.CutNext();
        Assert.Equal(unknown, await SendAsync(connectors));
        _platform.IgnoreNext();
        Assert.Equal(unknown, await SendAsync(connectors));
        Assert.Equal(2, _platform.Received.Count);
    }

    [Fact]
    public async Task A_connection_that_was_never_made_is_tried_again()
    {
        await using var refusing = TestConnectors.Telegram(new Uri($"http://127.0.0.1:{FreePort.Next()}/"));

        Assert.Equal(new SendResult(AttemptOutcome.Retry, Error: "connection_failed"), await SendAsync(refusing));
    }

    [Fact]
    public async Task A_host_that_accepts_and_never_speaks_TLS_is_tried_again()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var connectors = TestConnectors.Telegram(new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"), null, ("Timeout", "00:00:00.300"));

        Assert.Equal(AttemptOutcome.Retry, (await SendAsync(connectors)).Outcome);
    }

    [Fact]
    public async Task A_private_address_is_refused_unless_it_is_allowed()
    {
        await using var connectors = TestConnectors.Create([("Telegram:Connector", "bot_api"), ("Telegram:BaseUrl", "https://localhost:1"), ("Telegram:BotToken", "1:a")]);

        Assert.Equal(new SendResult(AttemptOutcome.Failed, Error: "address_refused"), await SendAsync(connectors));
    }

    [Theory]
    [InlineData(200, "<html>", AttemptOutcome.Unknown, "outcome_unknown")]
    [InlineData(200, """{"ok":true}""", AttemptOutcome.Unknown, "outcome_unknown")]
    [InlineData(200, """{"ok":false}""", AttemptOutcome.Unknown, "outcome_unknown")]
    [InlineData(200, "", AttemptOutcome.Unknown, "outcome_unknown")]
    [InlineData(302, "", AttemptOutcome.Retry, "platform_not_found")]
    [InlineData(404, "<html>", AttemptOutcome.Retry, "platform_not_found")]
    [InlineData(403, "<html>", AttemptOutcome.Retry, "credentials_refused")]
    [InlineData(413, "<html>", AttemptOutcome.Failed, "file_too_large")]
    [InlineData(418, "[]", AttemptOutcome.Failed, "invalid_request")]
    [InlineData(429, "<html>", AttemptOutcome.Throttled, "throttled")]
    [InlineData(502, "<html>", AttemptOutcome.Unknown, "outcome_unknown")]
    [InlineData(503, "<html>", AttemptOutcome.Retry, "platform_unavailable")]
    [InlineData(504, "<html>", AttemptOutcome.Unknown, "outcome_unknown")]
    public async Task An_answer_that_is_not_the_platforms_is_judged_by_its_status(int status, string body, AttemptOutcome outcome, string error)
    {
        await using var connectors = TestConnectors.Telegram(_platform.Address);
        _platform.AnswerNext(status, body, contentType: "text/html");

        var result = await SendAsync(connectors);

        Assert.Equal((outcome, error), (result.Outcome, result.Error));
    }

    [Theory]
    [InlineData("<html>", "Fri, 01 Jan 2100 00:00:00 GMT")]
    [InlineData("<html>", "604800")]
    [InlineData("""{"ok": false, "error_code": 429, "parameters": {"retry_after": 604800}}""", null)]
    public async Task No_platform_is_left_alone_for_longer_than_an_hour(string body, string? retryAfter)
    {
        await using var connectors = TestConnectors.Telegram(_platform.Address);
        _platform.AnswerNext(429, body, retryAfter);

        Assert.Equal(TimeSpan.FromHours(1), (await SendAsync(connectors)).RetryAfter);
        Assert.InRange((await SendAsync(connectors)).RetryAfter!.Value, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read_to_it()
    {
        await using var connectors = TestConnectors.Telegram(_platform.Address);
        _platform.AnswerNext(200, new string(' ', 300_000) + "{}");

        Assert.Equal(AttemptOutcome.Unknown, (await SendAsync(connectors)).Outcome);
    }

    [Fact]
    public async Task Whoever_stops_waiting_for_a_turn_gets_no_result_and_nothing_is_sent()
    {
        await using var connectors = TestConnectors.Telegram(_platform.Address, null, ("RecipientInterval", "00:00:30"), ("MaxWait", "00:01:00"));
        await SendAsync(connectors);
        using var stop = new CancellationTokenSource();

        var waiting = connectors[Channels.Telegram].SendAsync(Outgoing.Text("x", "42"), stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Single(_platform.Received);
    }

    private static Task<SendResult> SendAsync(TestConnectors connectors) => connectors[Channels.Telegram].SendAsync(Outgoing.Text("x", "42"), CancellationToken.None);
}
