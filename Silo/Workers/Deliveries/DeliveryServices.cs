using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;

namespace Chat4All.Silo.Workers.Deliveries;

/// <summary>Registers the way out of the hub: the router, and a worker for each channel that has a connector.</summary>
internal static class DeliveryServices
{
    /// <summary>Where every worker brings what it gives up on.</summary>
    public static IServiceCollection AddDeadLetters(this IServiceCollection services) => services
        .AddSingleton<IDeadLetters, DeadLetters>()
        .AddSingleton<IDeadLetterReplay, DeadLetterReplay>()
        .AddSingleton<IFailedDeliveries, FailedDeliveries>();

    /// <summary>To be called behind the engine's and the connectors' registration.</summary>
    public static IServiceCollection AddDeliveries(this IServiceCollection services)
    {
        services.AddOptions<DeliveryOptions>()
            .BindConfiguration("Channels")
            .Validate(static o => o.MaxInFlight is >= 1_000 and <= 1_000_000, "Channels:MaxInFlight must be 1000 to 1000000.")
            .Validate(static o => o.Concurrency is >= 1 and <= 10_000, "Channels:Concurrency must be 1 to 10000.")
            .ValidateOnStart();
        services.AddBatchWorker<Router>();
        foreach (var channel in (Channels[])[Channels.WhatsApp, Channels.Instagram, Channels.Messenger, Channels.Telegram])
        {
            services.AddKeyedWorker(provider => new ConnectorWorker(
                provider.GetServices<IChannelConnector>().Single(connector => connector.Channel == channel),
                provider.GetRequiredService<IDeliveryStore>(),
                provider.GetRequiredService<IChannelAddressStore>(),
                provider.GetRequiredService<IGrainFactory>(),
                provider.GetRequiredService<IDeadLetters>(),
                provider.GetRequiredService<IOptions<DeliveryOptions>>().Value,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<ConnectorWorker>>()));
        }

        return services;
    }
}
