using Chat4All.Infrastructure.EmbeddedLog;
using Chat4All.Infrastructure.Kafka;
using Chat4All.Silo.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chat4All.Silo;

/// <summary>Which log takes the events. Setting <c>EventLog:Kind</c>: <c>embedded</c> or <c>kafka</c>; without it, Kafka where <c>Kafka:BootstrapServers</c> names one.</summary>
internal static class EventLogSelection
{
    private const string Kind = "EventLog:Kind";

    public static void AddEventLog(this IHostApplicationBuilder builder)
    {
        var kafka = builder.Configuration.GetSection(KafkaOptions.Section).Get<KafkaOptions>() ?? new KafkaOptions();
        var kind = builder.Configuration[Kind] is { Length: > 0 } named ? named : kafka.BootstrapServers.Length > 0 ? "kafka" : "embedded";
        switch (kind)
        {
            case "kafka":
                builder.Services.AddKafkaLog(kafka);
                break;
            case "embedded":
                builder.Services.AddEmbeddedLog(builder.Configuration.GetSection(EmbeddedLogOptions.Section).Get<EmbeddedLogOptions>() ?? new EmbeddedLogOptions());
                break;
            default:
                throw new InvalidOperationException($"{Kind} must be embedded or kafka, not {kind}.");
        }

        builder.Services.AddHostedService<ConsumerLagGauge>();
    }
}
