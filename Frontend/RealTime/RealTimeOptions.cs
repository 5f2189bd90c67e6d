using Chat4All.Frontend.Hosting;

namespace Chat4All.Frontend.RealTime;

/// <summary>Limits and timing of sockets. Section <c>WebSocket</c>; SignalR connections count and live by the same.</summary>
internal sealed record RealTimeOptions : ISettings
{
    public static string Section => "WebSocket";

    /// <summary>Seconds between <c>ping</c> events (and protocol pings); a socket that is silent for two of them is gone. 1 to 300, default 30. <c>WEBSOCKET_HEARTBEAT_INTERVAL</c>.</summary>
    public int HeartbeatSeconds { get; init; } = 30;

    /// <summary>Open connections of one user on this node; one more is closed with 4003. 1 to 10,000, default 10.</summary>
    public int MaxConnectionsPerUser { get; init; } = 10;

    /// <summary>Frames that a client may send a minute before it is closed with 4008. 1 to 1,000,000, default 100.</summary>
    public int MaxFramesPerMinute { get; init; } = 100;

    /// <summary>Largest message of a client, in bytes; a larger one is closed with 1009. 1,024 to 524,288, default 262,144.</summary>
    public int MaxMessageBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes that may wait for a slow reader for <see cref="PatienceSeconds"/>; sixteen times as many may for a moment. More is closed with 4009. 65,536 to 16,777,216, default 1 MiB.</summary>
    public int MaxQueuedBytes { get; init; } = 1024 * 1024;

    /// <summary>Seconds that a reader may stay behind by more than <see cref="MaxQueuedBytes"/>; 1 to 60, default 5.</summary>
    public int PatienceSeconds { get; init; } = 5;

    /// <summary>How long an event waits for the ones before it until they are read from the store; 1 to 50, default 20 (so that a gap is closed within 50 ms).</summary>
    public int GapHoldMilliseconds { get; init; } = 20;

    /// <summary>How often the heads of followed conversations are compared with the store; 100 to 2,000, default 1,500 (so that a lost last event comes within 2 s).</summary>
    public int HeadCheckMilliseconds { get; init; } = 1500;

    /// <summary>How long a new connection's events wait for a <c>resume</c>, so that it is replayed before them; 0 to 5,000, default 100.</summary>
    public int ResumeWindowMilliseconds { get; init; } = 100;

    /// <summary>What <c>connection.established</c> calls this process; default: machine name and process id.</summary>
    public string NodeName { get; init; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    public TimeSpan Heartbeat => TimeSpan.FromSeconds(HeartbeatSeconds);

    public TimeSpan GapHold => TimeSpan.FromMilliseconds(GapHoldMilliseconds);

    public TimeSpan HeadCheck => TimeSpan.FromMilliseconds(HeadCheckMilliseconds);

    public TimeSpan ResumeWindow => TimeSpan.FromMilliseconds(ResumeWindowMilliseconds);

    public IEnumerable<(string Property, string Problem)> Check() =>
        ((string Property, long Value, long Min, long Max)[])
        [
            (nameof(HeartbeatSeconds), HeartbeatSeconds, 1, 300),
            (nameof(MaxConnectionsPerUser), MaxConnectionsPerUser, 1, 10_000),
            (nameof(MaxFramesPerMinute), MaxFramesPerMinute, 1, 1_000_000),
            (nameof(MaxMessageBytes), MaxMessageBytes, 1024, 524_288),
            (nameof(MaxQueuedBytes), MaxQueuedBytes, 65_536, 16_777_216),
            (nameof(PatienceSeconds), PatienceSeconds, 1, 60),
            (nameof(GapHoldMilliseconds), GapHoldMilliseconds, 1, 50),
            (nameof(HeadCheckMilliseconds), HeadCheckMilliseconds, 100, 2_000),
            (nameof(ResumeWindowMilliseconds), ResumeWindowMilliseconds, 0, 5_000),
        ]
        is var bounds
            ? bounds.Where(b => b.Value < b.Min || b.Value > b.Max).Select(b => (b.Property, $"must be {b.Min} to {b.Max}"))
            : [];
}
