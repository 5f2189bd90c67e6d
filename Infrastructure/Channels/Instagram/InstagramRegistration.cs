using Chat4All.Grains.Abstractions;
using Chat4All.Infrastructure.Connectors.Graph;
using Chat4All.Infrastructure.Connectors.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Infrastructure.Connectors.Instagram;

internal static class InstagramRegistration
{
    /// <summary>The value of <c>Channels:Instagram:Connector</c> that chooses it.</summary>
    public const string Name = "graph_api";

    public static IServiceCollection AddInstagram(this IServiceCollection services, ChannelSettings settings) =>
        services.AddPlatform<InstagramOptions>(
            Channels.Instagram, settings, static (parts, options) => new InstagramConnector(parts, options), static (client, _) => new AttachmentSource("instagram", client));
}
