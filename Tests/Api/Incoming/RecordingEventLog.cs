using System.Collections.Concurrent;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Api.Incoming;

/// <summary>Stands before the event log: remembers what went in, and refuses when told to.</summary>
internal sealed class RecordingEventLog(IEventLog inner) : IEventLog
{
    private readonly ConcurrentQueue<(string Topic, LogEvent Event)> _appended = new();

    /// <summary>What an append throws or waits for; null: it goes on.</summary>
    public Func<CancellationToken, Task>? Before { get; set; }

    public bool IncludesOutbox => inner.IncludesOutbox;

    public LogEvent[] Of(string topic) => [.. _appended.Where(entry => entry.Topic == topic).Select(static entry => entry.Event)];

    public async Task AppendAsync(string topic, IReadOnlyList<LogEvent> events, CancellationToken cancellationToken)
    {
        if (Before is { } before)
        {
            await before(cancellationToken);
        }

        await inner.AppendAsync(topic, events, cancellationToken);
        foreach (var appended in events)
        {
            _appended.Enqueue((topic, appended));
        }
    }

    public ILogConsumer Join(string topic, string group) => inner.Join(topic, group);

    public Task<IReadOnlyList<ConsumerLag>> ReadLagAsync(CancellationToken cancellationToken) => inner.ReadLagAsync(cancellationToken);

    public Task PingAsync(CancellationToken cancellationToken) => inner.PingAsync(cancellationToken);
}
