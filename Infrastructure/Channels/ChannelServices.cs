using Chat4All.Grains.Abstractions;
using Chat4All.Infrastructure.Connectors;
using Chat4All.Infrastructure.Connectors.Simulator;
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
        foreach (var channel in ChannelSettings.Outside)
        {
            settings.RequireOneOf(channel, "Connector", settings.ConnectorOf(channel), ChannelSettings.Simulator);
            services.AddSimulator(channel, settings);
        }

        settings.ThrowIfInvalid();
        return services;
    }
}
