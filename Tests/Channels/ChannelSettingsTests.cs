using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Chat4All.Tests.Connectors;

/// <summary>Which connector a channel gets, and what is said of wrong settings.</summary>
public sealed class ChannelSettingsTests
{
    [Fact]
    public void Every_channel_is_simulated_where_nothing_is_set()
    {
        var connectors = Build([]).GetServices<IChannelConnector>().ToArray();

        Assert.Equal([Channels.WhatsApp, Channels.Instagram, Channels.Messenger, Channels.Telegram], connectors.Select(c => c.Channel));
        Assert.All(connectors, connector => Assert.True(connector.TakesUserIds));
    }

    [Theory]
    [InlineData("Channels:WhatsApp:Connector", "pigeon")]
    [InlineData("Channels:Simulator:FailureRate", "1.5")]
    [InlineData("Channels:Simulator:ReadMax", "-00:00:01")]
    [InlineData("Channels:Telegram:Simulator:MedianLatency", "often")]
    [InlineData("Channels:Telegram:Simulator:MedianLatency", "1.00:00:00")]
    public void A_wrong_setting_stops_the_start_and_is_named(string key, string value)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Build(new() { [key] = value }));

        Assert.Contains(key, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("WhatsApp:AccessToken", "s3cret\u00e9")]
    [InlineData("WhatsApp:AccessToken", "s3cret token")]
    [InlineData("WhatsApp:PhoneNumberId", "s3cret")]
    [InlineData("Messenger:AccessToken", "")]
    [InlineData("Messenger:PageId", "s3cret")]
    [InlineData("Instagram:Media", "upload")]
    [InlineData("Telegram:BotToken", "s3cret")]
    [InlineData("Telegram:BotToken", "1:s3cret/../x")]
    [InlineData("Telegram:BaseUrl", "http://api.telegram.org")]
    [InlineData("Telegram:BaseUrl", "https://user:s3cret@api.telegram.org")]
    [InlineData("Telegram:PerSecond", "0")]
    [InlineData("Telegram:BreakFor", "00:00:00")]
    public void A_platforms_wrong_setting_is_named_without_what_could_be_a_secret(string key, string value)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Build(new(Platforms) { [$"Channels:{key}"] = value }));

        Assert.Contains($"Channels:{key}", Assert.Single(refused.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_channel_can_have_its_real_platform()
    {
        var connectors = Build(Platforms).GetServices<IChannelConnector>().ToArray();

        Assert.Equal(4, connectors.Select(c => c.Channel).Distinct().Count());
        Assert.All(connectors, connector => Assert.False(connector.TakesUserIds));
    }

    private static readonly Dictionary<string, string?> Platforms = new()
    {
        ["Channels:WhatsApp:Connector"] = "cloud_api",
        ["Channels:WhatsApp:PhoneNumberId"] = "106540352242922",
        ["Channels:WhatsApp:AccessToken"] = "EAAG",
        ["Channels:Messenger:Connector"] = "graph_api",
        ["Channels:Messenger:AccessToken"] = "EAAP",
        ["Channels:Instagram:Connector"] = "graph_api",
        ["Channels:Instagram:AccessToken"] = "EAAP",
        ["Channels:Telegram:Connector"] = "bot_api",
        ["Channels:Telegram:BotToken"] = "123456:AAF",
    };

    private static ServiceProvider Build(Dictionary<string, string?> settings) => new ServiceCollection()
        .AddLogging()
        .AddSingleton(TimeProvider.System)
        .AddChannels(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
        .BuildServiceProvider();
}
