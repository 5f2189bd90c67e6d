namespace Chat4All.Infrastructure.Kafka;

/// <summary>The event log on a Kafka cluster. Section <c>Kafka</c>.</summary>
public sealed record KafkaOptions
{
    public const string Section = "Kafka";

    /// <summary>What the client must keep for the guarantees to hold, and what has a setting of its own.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "bootstrap.servers", "metadata.broker.list", "group.id", "group.protocol", "partition.assignment.strategy", "acks", "request.required.acks", "enable.idempotence",
        "enable.gapless.guarantee", "message.timeout.ms", "delivery.timeout.ms", "partitioner", "compression.type", "compression.codec", "enable.auto.commit",
        "enable.auto.offset.store", "auto.offset.reset", "transactional.id", "dotnet.producer.enable.background.poll", "dotnet.producer.enable.delivery.reports",
    };

    /// <summary><c>host:port</c>, several separated by commas; empty where the log is another.</summary>
    public string BootstrapServers { get; init; } = "";

    /// <summary>Whether topics that the cluster lacks are made at start. Default true.</summary>
    public bool CreateTopics { get; init; } = true;

    /// <summary>Partitions of a topic made here: the most processes that can share its work. 1 to 10,000, default 100. Order per key breaks where it is changed later.</summary>
    public int Partitions { get; init; } = 100;

    /// <summary>Copies of each partition of a topic made here. 1 to 15, default 3.</summary>
    public short ReplicationFactor { get; init; } = 3;

    /// <summary>Copies that must have an event before it counts as published. 1 to <see cref="ReplicationFactor"/>, default 2.</summary>
    public int MinInSyncReplicas { get; init; } = 2;

    /// <summary>Stands before the names of consumer groups: <c>chat4all.router.message_processing</c>. Default <c>chat4all</c>.</summary>
    public string GroupPrefix { get; init; } = "chat4all";

    /// <summary><c>none</c>, <c>gzip</c>, <c>snappy</c>, <c>lz4</c> (default) or <c>zstd</c>.</summary>
    public string Compression { get; init; } = "lz4";

    /// <summary>How long an append waits for the cluster until it counts as refused; the events stay on their way. 100 ms to 5 min, default 10 s.</summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most events on their way; past it appends are refused. 1,000 to 1,000,000, default 50,000.</summary>
    public int MaxInFlight { get; init; } = 50_000;

    /// <summary>Most records a consumer holds for its worker; past it reading pauses. 10 to 100,000, default 2,000.</summary>
    public int MaxPrefetched { get; init; } = 2_000;

    /// <summary>Further settings of librdkafka, by its names: <c>security.protocol</c>, <c>sasl.username</c>, <c>ssl.ca.location</c>, ….</summary>
    public Dictionary<string, string> Client { get; init; } = [];

    /// <summary>Throws <see cref="InvalidOperationException"/> naming the first setting that is out of its bounds.</summary>
    public KafkaOptions Validate()
    {
        Require(BootstrapServers.Length > 0, nameof(BootstrapServers), "must name at least one host:port");
        Require(Partitions is >= 1 and <= 10_000, nameof(Partitions), "must be 1 to 10000");
        Require(ReplicationFactor is >= 1 and <= 15, nameof(ReplicationFactor), "must be 1 to 15");
        Require(MinInSyncReplicas >= 1 && MinInSyncReplicas <= ReplicationFactor, nameof(MinInSyncReplicas), $"must be 1 to {Section}:{nameof(ReplicationFactor)}");
        Require(Compression is "none" or "gzip" or "snappy" or "lz4" or "zstd", nameof(Compression), "must be none, gzip, snappy, lz4 or zstd");
        Require(DeliveryTimeout >= TimeSpan.FromMilliseconds(100) && DeliveryTimeout <= TimeSpan.FromMinutes(5), nameof(DeliveryTimeout), "must be 100 ms to 5 min");
        Require(MaxInFlight is >= 1_000 and <= 1_000_000, nameof(MaxInFlight), "must be 1000 to 1000000");
        Require(MaxPrefetched is >= 10 and <= 100_000, nameof(MaxPrefetched), "must be 10 to 100000");
        foreach (var key in Client.Keys)
        {
            Require(!Reserved.Contains(key), $"{nameof(Client)}:{key}", "is set by Chat4All itself");
        }

        return this;
    }

    private static void Require(bool holds, string property, string problem)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"{Section}:{property} {problem}.");
        }
    }
}
