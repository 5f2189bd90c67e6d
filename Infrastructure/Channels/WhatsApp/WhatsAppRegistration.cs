using Chat4All.Grains.Abstractions;
using Chat4All.Infrastructure.Connectors.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Infrastructure.Connectors.WhatsApp;

internal static class WhatsAppRegistration
{
    /// <summary>The value of <c>Channels:WhatsApp:Connector</c> that chooses it.</summary>
    public const string Name = "cloud_api";

    public static IServiceCollection AddWhatsApp(this IServiceCollection services, ChannelSettings settings) =>
        services.AddPlatform<WhatsAppOptions>(
            Channels.WhatsApp, settings, static (parts, options) => new WhatsAppConnector(parts, options), static (client, options) => new WhatsAppMediaSource(client, options));
}
