using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Chat4All.Grains;

namespace Chat4All.Infrastructure.Connectors.Http;

/// <summary>Shows operators each channel's circuit.</summary>
internal sealed class CircuitStates
{
    private readonly ConcurrentDictionary<string, Circuit> _circuits = new(StringComparer.Ordinal);

    public CircuitStates() => Telemetry.Meter.CreateObservableGauge(
        "chat4all_channel_circuit_state",
        () => _circuits.Select(static circuit => new Measurement<int>(circuit.Value.State, new KeyValuePair<string, object?>("channel", circuit.Key))),
        description: "Whether a channel's platform is called: 0 closed (it is), 1 half-open (tried again), 2 open (left alone).");

    public void Add(string channel, Circuit circuit) => _circuits[channel] = circuit;
}
