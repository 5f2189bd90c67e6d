using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chat4All.Infrastructure.Connectors.Simulator;

internal static class SimulatorRegistration
{
    /// <summary>Simulates one channel. All simulated channels share one ledger and one wheel of receipts.</summary>
    public static IServiceCollection AddSimulator(this IServiceCollection services, Channels channel, ChannelSettings settings)
    {
        var shared = settings.Bind<SimulatorOptions>(static o => o.Check(), "Simulator");
        var options = settings.Bind<SimulatorOptions>(static o => o.Check(), "Simulator", $"{channel}:Simulator");
        if (services.All(static service => service.ServiceType != typeof(SimulatedReceipts)))
        {
            services.AddSingleton(_ => new SimulatorLedger(shared.LedgerFile));
            services.AddSingleton(provider => new SimulatedReceipts(
                shared,
                new Lazy<IDeliveryReceipts?>(provider.GetService<IDeliveryReceipts>),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<SimulatedReceipts>>()));
            services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<SimulatedReceipts>());
        }

        return services.AddSingleton<IChannelConnector>(provider => new SimulatorConnector(
            channel,
            options,
            provider.GetRequiredService<SimulatedReceipts>(),
            provider.GetRequiredService<SimulatorLedger>(),
            provider.GetRequiredService<TimeProvider>()));
    }
}
