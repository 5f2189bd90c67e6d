using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.InProcess;

/// <summary>
/// An event log without consumers: accepts every event and keeps none, so that outbox rows are marked published. It stands where the durable logs come; nothing reads from it.
/// </summary>
internal sealed class InMemoryEventLog : IEventLog
{
    private long _appended;

    /// <summary>Events accepted since the start.</summary>
    public long Appended => Volatile.Read(ref _appended);

    public bool IncludesOutbox => false;

    public Task AppendAsync(string topic, IReadOnlyList<LogEvent> events, CancellationToken cancellationToken)
    {
        Interlocked.Add(ref _appended, events.Count);
        return Task.CompletedTask;
    }

    public ILogConsumer Join(string topic, string group) => throw new NotSupportedException("This log keeps nothing that could be read.");

    public void OutboxCommitted()
    {
    }

    public Task<IReadOnlyList<ConsumerLag>> ReadLagAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ConsumerLag>>([]);

    public Task PingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
