using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Chat4All.Infrastructure.Connectors.Http;

internal static class PlatformRegistration
{
    /// <summary>Registers a connector to a real platform with a client, a pace and a circuit of its own, and where its files come from.</summary>
    public static IServiceCollection AddPlatform<TOptions>(
        this IServiceCollection services,
        Channels channel,
        ChannelSettings settings,
        Func<PlatformParts, TOptions, IChannelConnector> create,
        Func<MediaClient, TOptions, IMediaSource> createSource)
        where TOptions : PlatformOptions, new()
    {
        var allowPrivate = settings.AllowPrivateAddresses;
        var options = settings.Bind<TOptions>(
            o => o.BaseUrl.StartsWith("http:", StringComparison.OrdinalIgnoreCase) && !allowPrivate
                ? [.. o.Check(), (nameof(o.BaseUrl), "must be an https address unless Channels:AllowPrivateAddresses is true")]
                : o.Check(),
            $"{channel}");
        services.TryAddSingleton<CircuitStates>();
        services.AddSingleton(provider => createSource(MediaClient.Create(options, allowPrivate, provider.GetRequiredService<TimeProvider>()), options));
        return services.AddSingleton(provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            var circuit = new Circuit(options, time);
            provider.GetRequiredService<CircuitStates>().Add(ChannelNames.Join(channel), circuit);
            var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger($"{typeof(PlatformConnector).Namespace}.{channel}");
            var client = PlatformClient.Create(options, allowPrivate, time, logger);
            return create(new PlatformParts(client, circuit, provider.GetService<IMediaLinks>(), time, logger), options);
        });
    }
}
