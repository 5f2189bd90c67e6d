using Chat4All.Grains.Abstractions;
using Chat4All.Infrastructure.Connectors;
using Chat4All.Infrastructure.Connectors.Instagram;
using Chat4All.Infrastructure.Connectors.Messenger;
using Chat4All.Infrastructure.Connectors.Simulator;
using Chat4All.Infrastructure.Connectors.Telegram;
using Chat4All.Infrastructure.Connectors.WhatsApp;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>One connector a channel, as the section <c>Channels</c> says; the simulator where it says nothing.</summary>
public static class ChannelServices
{
    /// <summary>
    /// Registers the connectors; after the engine, because receipts of simulated platforms come back through grains. Throws
    /// <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> that names every wrong setting.
    /// </summary>
    public static IServiceCollection AddChannels(this IServiceCollection services, IConfiguration configuration)
    {
        var settings = new ChannelSettings(configuration.GetSection(ChannelSettings.Section));
        Choose(Channels.WhatsApp, WhatsAppRegistration.Name, services.AddWhatsApp);
        Choose(Channels.Instagram, InstagramRegistration.Name, services.AddInstagram);
        Choose(Channels.Messenger, MessengerRegistration.Name, services.AddMessenger);
        Choose(Channels.Telegram, TelegramRegistration.Name, services.AddTelegram);
        settings.ThrowIfInvalid();
        return services;

        void Choose(Channels channel, string platform, Func<ChannelSettings, IServiceCollection> addPlatform)
        {
            var connector = settings.ConnectorOf(channel);
            if (connector == platform)
            {
                addPlatform(settings);
                return;
            }

            settings.RequireOneOf(channel, "Connector", connector, ChannelSettings.Simulator, platform);
            services.AddSimulator(channel, settings);
        }
    }
}
