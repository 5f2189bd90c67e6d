namespace Chat4All.Grains.Ports;

/// <summary>The durable, partitioned log that workers read. Order holds per key: events of one key share a partition.</summary>
public interface IEventLog
{
    /// <summary>
    /// Whether the store's outbox rows are themselves the log's records of <c>message_processing</c>: then a commit is the publication, and nothing has to be handed over or marked.
    /// </summary>
    bool IncludesOutbox { get; }

    /// <summary>
    /// Appends events in this order and completes when the log has all of them durably. Throws when it refuses (full, away): then some may be in it, and the caller appends them again.
    /// </summary>
    Task AppendAsync(string topic, IReadOnlyList<LogEvent> events, CancellationToken cancellationToken);

    /// <summary>Joins a consumer group, which then keeps what it has not committed from being deleted. A new group starts at the oldest event.</summary>
    ILogConsumer Join(string topic, string group);

    /// <summary>How far each group is behind: at least those of this process.</summary>
    Task<IReadOnlyList<ConsumerLag>> ReadLagAsync(CancellationToken cancellationToken);

    /// <summary>Throws unless the log answers.</summary>
    Task PingAsync(CancellationToken cancellationToken);
}

/// <summary>One member of a consumer group. Not for concurrent use, but for what says so.</summary>
public interface ILogConsumer : IAsyncDisposable
{
    /// <summary>
    /// Waits for records and answers 1 to <paramref name="max"/> of them, each partition's in offset order. After a restart or a change of the group's members, records
    /// behind the last commit come again.
    /// </summary>
    Task<IReadOnlyList<LogRecord>> ReadAsync(int max, CancellationToken cancellationToken);

    /// <summary>
    /// Notes that everything of each partition up to and including the offset is done. The caller never passes work in flight. Positions of partitions that went to
    /// another member are ignored. From any thread.
    /// </summary>
    Task CommitAsync(IReadOnlyList<LogPosition> done, CancellationToken cancellationToken);

    /// <summary>
    /// Begins an attempt at a record: its partition is not handed over before <see cref="LetGo"/>, or only after seconds. False when the partition went to another member since the
    /// record was read: the record is the other's work, whether or not the partition has come back. From any thread.
    /// </summary>
    bool TryHold(LogRecord record);

    /// <summary>Ends an attempt that <see cref="TryHold"/> began. From any thread.</summary>
    void LetGo(LogRecord record);
}

/// <summary>An event on its way into the log. On the wire it is a CloudEvents 1.0 envelope in JSON around <see cref="Data"/>.</summary>
public sealed record LogEvent
{
    /// <summary>Consumers tell repeats by it.</summary>
    public required string Id { get; init; }

    /// <summary><c>message.created</c>, <c>delivery.requested</c>, ….</summary>
    public required string Type { get; init; }

    /// <summary>Decides the partition: the conversation id, or what the topic says.</summary>
    public required string Key { get; init; }

    /// <summary>The message that the event is about; null for others.</summary>
    public string? MessageId { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>A JSON object in UTF-8.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>W3C trace context of whoever caused the event; null when it was not traced.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The event was in the log before and goes in once more on purpose: it is no second attempt at an append that failed. Not part of the record.</summary>
    public bool IsRepeat { get; init; }
}

/// <summary>An event as read.</summary>
/// <param name="Offset">Ascending within the partition, with gaps.</param>
public sealed record LogRecord(string Topic, int Partition, long Offset, LogEvent Event)
{
    public LogPosition Position => new(Partition, Offset);

    /// <summary>How often the partition had gone from the reading member and come back when this was read.</summary>
    public int Assignment { get; init; }
}

/// <summary>A place in a topic.</summary>
public readonly record struct LogPosition(int Partition, long Offset);

/// <summary>How many records a group has not committed yet.</summary>
public readonly record struct ConsumerLag(string Topic, string Group, long Records);
