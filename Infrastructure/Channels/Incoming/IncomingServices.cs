using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Incoming;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the readers of what platforms post.</summary>
public static class IncomingServices
{
    public static IServiceCollection AddIncomingPayloads(this IServiceCollection services) => services
        .AddSingleton<IIncomingPayloads, WhatsAppPayloads>()
        .AddSingleton<IIncomingPayloads>(static _ => new MessagingPayloads("instagram", "instagram"))
        .AddSingleton<IIncomingPayloads>(static _ => new MessagingPayloads("messenger", "page"))
        .AddSingleton<IIncomingPayloads, TelegramPayloads>();
}
