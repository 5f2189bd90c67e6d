using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Chat4All.Grains;
using Chat4All.Silo.Workers;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat4All.Tests.Silo.Workers;

public sealed class ConsumerLagGaugeTests
{
    [Fact]
    public async Task The_lag_of_each_group_is_measured_by_topic_and_group()
    {
        using var gauge = new ConsumerLagGauge(new ScriptedLog(), TimeProvider.System, NullLogger<ConsumerLagGauge>.Instance);
        var seen = new ConcurrentQueue<(long, string)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == Telemetry.Name && instrument.Name == "kafka_consumer_lag")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => seen.Enqueue((value, string.Join(',', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}")))));
        listener.Start();

        await gauge.StartAsync(CancellationToken.None);

        await Eventually.HoldsAsync("it is measured", () =>
        {
            listener.RecordObservableInstruments();
            return seen.Contains((42, "topic=topic,group=group"));
        });
        await gauge.StopAsync(CancellationToken.None);
    }
}
