using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Kafka;
using Chat4All.Infrastructure.Stores;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes a Kafka cluster the event log.</summary>
public static class KafkaRegistration
{
    /// <summary>Throws <see cref="InvalidOperationException"/> naming the setting that is wrong, librdkafka's own included.</summary>
    public static IServiceCollection AddKafkaLog(this IServiceCollection services, KafkaOptions options)
    {
        KafkaClients.Check(options.Validate());
        return services
            .AddSingleton(options)
            .AddSingleton(OutboxPlacement.Elsewhere)
            .AddSingleton<KafkaClients>()
            .AddSingleton<KafkaProducer>()
            .AddSingleton<KafkaAdministration>()
            .AddSingleton<IEventLog, KafkaEventLog>()
            .AddSingleton<KafkaTopics>()
            .AddSingleton<IHostedService>(static provider => provider.GetRequiredService<KafkaTopics>())
            .AddSingleton<IHostedService, EmbeddedHandover>();
    }
}
