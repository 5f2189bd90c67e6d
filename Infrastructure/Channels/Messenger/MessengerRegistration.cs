using Chat4All.Grains.Abstractions;
using Chat4All.Infrastructure.Connectors.Graph;
using Chat4All.Infrastructure.Connectors.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Infrastructure.Connectors.Messenger;

internal static class MessengerRegistration
{
    /// <summary>The value of <c>Channels:Messenger:Connector</c> that chooses it.</summary>
    public const string Name = "graph_api";

    public static IServiceCollection AddMessenger(this IServiceCollection services, ChannelSettings settings) =>
        services.AddPlatform<MessengerOptions>(
            Channels.Messenger, settings, static (parts, options) => new MessengerConnector(parts, options), static (client, _) => new AttachmentSource("messenger", client));
}
