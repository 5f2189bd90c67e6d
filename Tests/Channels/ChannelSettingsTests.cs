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

    private static ServiceProvider Build(Dictionary<string, string?> settings) => new ServiceCollection()
        .AddLogging()
        .AddSingleton(TimeProvider.System)
        .AddChannels(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
        .BuildServiceProvider();
}
