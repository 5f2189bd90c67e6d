using System.Diagnostics.Metrics;
using Chat4All.Grains;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chat4All.Silo.Workers;

/// <summary>How far each group is behind, under the name that people know from Kafka, whichever log it is. Asked every few seconds, not by whoever scrapes.</summary>
internal sealed partial class ConsumerLagGauge(IEventLog eventLog, TimeProvider time, ILogger<ConsumerLagGauge> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private IReadOnlyList<ConsumerLag> _lag = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Telemetry.Meter.CreateObservableGauge(
            "kafka_consumer_lag",
            () => Volatile.Read(ref _lag).Select(static lag => new Measurement<long>(lag.Records, new("topic", lag.Topic), new("group", lag.Group))),
            description: "Records of the event log that a group has not committed.");
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Volatile.Write(ref _lag, await eventLog.ReadLagAsync(stoppingToken));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                if (!stoppingToken.IsCancellationRequested)
                {
                    // What was true a while ago would look as if it still were.
                    Volatile.Write(ref _lag, []);
                    LogUnknown(log, failure);
                }
            }

            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(304, LogLevel.Warning, "How far the groups are behind in the event log is not known now")]
    private static partial void LogUnknown(ILogger log, Exception failure);
}
