namespace Chat4All.Grains.Ports;

/// <summary>The durable, partitioned log that workers read. Order holds per key.</summary>
public interface IEventLog
{
    /// <summary>Appends events in this order under one key (the conversation id) and completes when the log has them durably. Throws when it refuses; then nothing may be assumed.</summary>
    Task AppendAsync(string topic, string key, IReadOnlyList<OutboxEvent> events, CancellationToken cancellationToken);
}
