using Chat4All.Grains.Abstractions;
using Chat4All.Infrastructure.Connectors.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Infrastructure.Connectors.Telegram;

internal static class TelegramRegistration
{
    /// <summary>The value of <c>Channels:Telegram:Connector</c> that chooses it.</summary>
    public const string Name = "bot_api";

    public static IServiceCollection AddTelegram(this IServiceCollection services, ChannelSettings settings) =>
        services.AddPlatform<TelegramOptions>(
            Channels.Telegram, settings, static (parts, options) => new TelegramConnector(parts, options), static (client, options) => new TelegramMediaSource(client, options));
}
