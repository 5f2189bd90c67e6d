using System.Diagnostics.Metrics;
using Chat4All.Frontend.RealTime.Connections;

namespace Chat4All.Frontend.RealTime;

/// <summary>The sockets' instruments.</summary>
internal sealed class RealTimeMetrics : IDisposable
{
    private readonly UpDownCounter<long> _connections;
    private readonly Counter<long> _delivered;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _healed;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _overflow;

    public RealTimeMetrics()
    {
        _connections = Meter.CreateUpDownCounter<long>("websocket_connections_active", description: "Open sockets.");
        _delivered = Meter.CreateCounter<long>("chat4all_websocket_events_sent_total", description: "Frames handed to sockets.");
        _dropped = Meter.CreateCounter<long>(
            "chat4all_websocket_send_queue_dropped_total", description: "Frames thrown away because their reader was too slow and was closed.");
        _healed = Meter.CreateCounter<long>("chat4all_websocket_gaps_healed_total", description: "Messages that the fan-out lost and the store gave back.");
        _closed = Meter.CreateCounter<long>("chat4all_websocket_closed_total", description: "Sockets closed by the server, by close code.");
        _overflow = Meter.CreateCounter<long>("chat4all_websocket_events_overflow_total", description: "Live events dropped because too many waited; sequenced ones heal.");
    }

    /// <summary>The instruments' meter.</summary>
    public Meter Meter { get; } = new("Chat4All");

    public void Opened(ChatConnection connection) => _connections.Add(1, Transport(connection));

    public void Ended(ChatConnection connection) => _connections.Add(-1, Transport(connection));

    public void Sent(int frames) => _delivered.Add(frames);

    public void Dropped(int frames) => _dropped.Add(frames);

    public void Healed(int messages) => _healed.Add(messages);

    public void Closed(CloseCode code) => _closed.Add(1, new KeyValuePair<string, object?>("code", (int)code));

    public void Overflowed() => _overflow.Add(1);

    public void Dispose() => Meter.Dispose();

    private static KeyValuePair<string, object?> Transport(ChatConnection connection) => new("transport", connection.Transport);
}
