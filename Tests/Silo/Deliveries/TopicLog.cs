using System.Collections.Concurrent;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Silo.Deliveries;

/// <summary>A log that keeps what is appended, by topic, and has no readers.</summary>
internal sealed class TopicLog : IEventLog
{
    private readonly ConcurrentQueue<(string Topic, LogEvent Event)> _events = new();
    private readonly ConcurrentQueue<int> _appends = new();

    public bool IncludesOutbox { get; set; } = true;

    /// <summary>A topic that takes nothing.</summary>
    public string? Refused { get; set; }

    /// <summary>What every append waits for.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>How many events each append brought.</summary>
    public IReadOnlyList<int> Appends => [.. _appends];

    public IReadOnlyList<LogEvent> On(string topic) => [.. _events.Where(one => one.Topic == topic).Select(static one => one.Event)];

    /// <summary>An event as a worker reads it.</summary>
    public static LogRecord Record(string topic, LogEvent one) => new(topic, 0, 1, one);

    public async Task AppendAsync(string topic, IReadOnlyList<LogEvent> events, CancellationToken cancellationToken)
    {
        if (Gate is { } gate)
        {
            await gate.Task.WaitAsync(cancellationToken);
        }

        if (topic == Refused)
        {
            throw new StoreUnavailableException($"{topic} is full");
        }

        foreach (var one in events)
        {
            _events.Enqueue((topic, one));
        }

        _appends.Enqueue(events.Count);
    }

    public ILogConsumer Join(string topic, string group) => throw new NotSupportedException("These tests hand the records over themselves.");

    public Task<IReadOnlyList<ConsumerLag>> ReadLagAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ConsumerLag>>([]);

    public Task PingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
