using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.EmbeddedLog;
using Chat4All.Infrastructure.Stores;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes the store's own database the event log.</summary>
public static class EmbeddedLogRegistration
{
    /// <summary>To be called beside the registration of the store, in any order. Throws <see cref="InvalidOperationException"/> naming the setting that is wrong.</summary>
    public static IServiceCollection AddEmbeddedLog(this IServiceCollection services, EmbeddedLogOptions options)
    {
        options.Validate();
        return services
            .AddSingleton(options)
            .AddSingleton(new OutboxPlacement(options.Partitions))
            .AddSingleton<TopicExtents>()
            .AddSingleton<GroupLags>()
            .AddSingleton<IEventLog, EmbeddedLog>()
            .AddSingleton<IHostedService, EmbeddedLogUpkeep>();
    }
}
