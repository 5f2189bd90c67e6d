using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chat4All.Tests.Connectors;

/// <summary>Whatever happens to a request, what is written of it holds no credential, no address and no text.</summary>
public sealed class ConnectorSecrecyTests
{
    private const string Text = "for two people only";
    private const string Address = "4915550123";

    [Fact]
    public async Task No_log_no_span_and_no_result_holds_a_token_an_address_or_a_text()
    {
        await using var platform = await TelegramStandIn.StartAsync();
        var written = new Written();
        using var spans = written.ListenToSpans();
        await using var services = Build(platform.Address, written);
        var connectors = services.GetServices<IChannelConnector>().ToArray();
        Assert.Equal(4, connectors.Length);

        foreach (var connector in connectors)
        {
            foreach (var fault in new Action[] { () => { }, platform.CutNext, () => platform.AnswerNext(500, Text + Address), () => platform.AnswerNext(403, $$$"""{"error":{"code":190,"message":"{{{Address}}}"}}""") })
            {
                fault();
                var message = Outgoing.Text(Text, Address) with { LastInboundAt = DateTimeOffset.UtcNow };
                written.Add(JsonSerializer.Serialize(await connector.SendAsync(message, CancellationToken.None)));
            }
        }

        Assert.NotEmpty(platform.Received);
        var all = string.Join('\n', written);
        Assert.Contains("came to nothing", all, StringComparison.Ordinal);
        foreach (var secret in new[] { "a-token-of-tests", "a_token_of_tests", "a-page-token", Text, Address })
        {
            Assert.DoesNotContain(secret, all, StringComparison.Ordinal);
        }
    }

    private static ServiceProvider Build(Uri platform, Written written) => new ServiceCollection()
        .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(written))
        .AddSingleton(TimeProvider.System)
        .AddChannels(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Channels:AllowPrivateAddresses"] = "true",
            ["Channels:WhatsApp:Connector"] = "cloud_api",
            ["Channels:WhatsApp:BaseUrl"] = $"{platform}v23.0",
            ["Channels:WhatsApp:PhoneNumberId"] = WhatsAppStandIn.PhoneNumberId,
            ["Channels:WhatsApp:AccessToken"] = WhatsAppStandIn.Token,
            ["Channels:Messenger:Connector"] = "graph_api",
            ["Channels:Messenger:BaseUrl"] = $"{platform}v23.0",
            ["Channels:Messenger:AccessToken"] = SendApiStandIn.Token,
            ["Channels:Instagram:Connector"] = "graph_api",
            ["Channels:Instagram:BaseUrl"] = $"{platform}v23.0",
            ["Channels:Instagram:AccessToken"] = SendApiStandIn.Token,
            ["Channels:Telegram:Connector"] = "bot_api",
            ["Channels:Telegram:BaseUrl"] = $"{platform}",
            ["Channels:Telegram:BotToken"] = TelegramStandIn.Token,
            ["Channels:Telegram:RecipientInterval"] = "00:00:00",
        }).Build())
        .BuildServiceProvider();

    /// <summary>Everything that logs and spans would have shown.</summary>
    private sealed class Written : ConcurrentQueue<string>, ILoggerProvider, ILogger
    {
        public void Add(string text) => Enqueue(text);

        /// <summary>Every span of every source in this process, the HTTP client's among them.</summary>
        public ActivityListener ListenToSpans()
        {
            var listener = new ActivityListener
            {
                ShouldListenTo = static source => source.Name.StartsWith("System.Net.Http", StringComparison.Ordinal) || source.Name.StartsWith("Chat4All", StringComparison.Ordinal),
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = activity => Add($"{activity.DisplayName} {string.Join(' ', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))}"),
            };
            ActivitySource.AddActivityListener(listener);
            return listener;
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Add($"{formatter(state, exception)} {exception}");

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose()
        {
        }
    }
}
