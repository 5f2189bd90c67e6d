using System.Collections.Concurrent;
using System.Text;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.CloudEvents;
using Chat4All.Infrastructure.Stores;
using Microsoft.Extensions.Logging;

namespace Chat4All.Infrastructure.EmbeddedLog;

/// <summary>The event log in the store's own database. Outbox rows are its records of <c>message_processing</c>: a message's commit is the publication.</summary>
internal sealed class EmbeddedLog(
    ILogTables tables, EmbeddedLogOptions options, OutboxPlacement placement, OutboxTail outbox, TopicExtents extents, GroupLags lags, TimeProvider time, ILogger<EmbeddedLog> log)
    : IEventLog, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TopicSignal> _signals = new(StringComparer.Ordinal);
    private readonly AppendQueue _appends = new(tables);
    private readonly HeadWatch _heads = new(tables, outbox, time);
    private readonly Lock _joining = new();
    private readonly List<EmbeddedConsumer> _consumers = [];

    public bool IncludesOutbox => true;

    public async Task AppendAsync(string topic, IReadOnlyList<LogEvent> events, CancellationToken cancellationToken)
    {
        if (topic == Topics.MessageProcessing)
        {
            throw new NotSupportedException("Events get into message_processing as outbox rows, with what they are about.");
        }

        if (events.Count == 0)
        {
            return;
        }

        PlacedEvent[] placed = [.. events.Select(Place)];
        await extents.EnsureRoomAsync(topic, new TopicSize(placed.Length, placed.Sum(static one => (long)one.Envelope.Length)), cancellationToken);
        await _appends.AppendAsync(new TopicEvents(topic, placed, time.GetUtcNow()), cancellationToken);
        Signal(topic).Raise();
    }

    public ILogConsumer Join(string topic, string group)
    {
        lock (_joining)
        {
            if (!tables.IsShared && _consumers.Exists(consumer => consumer.Member.Topic == topic && consumer.Member.Group == group))
            {
                throw new InvalidOperationException($"{group} reads {topic} already; one process has one member of a group.");
            }

            var member = new GroupMember(group, topic, $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}");
            var consumer = new EmbeddedConsumer(tables, member, options.Partitions, Signal(topic), topic == Topics.MessageProcessing ? outbox : null, time, log, Leave);
            _consumers.Add(consumer);
            if (tables.IsShared)
            {
                _heads.Watch(topic, Signal(topic));
            }

            return consumer;
        }
    }

    public Task<IReadOnlyList<ConsumerLag>> ReadLagAsync(CancellationToken cancellationToken) => lags.ReadAsync(cancellationToken);

    public async Task PingAsync(CancellationToken cancellationToken) => await tables.ReadHeadsAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _heads.DisposeAsync();
        await _appends.DisposeAsync();
    }

    private PlacedEvent Place(LogEvent one) => new(one, placement.Of(one.Key), Encoding.UTF8.GetString(CloudEventJson.Write(one)));

    private TopicSignal Signal(string topic) => topic == Topics.MessageProcessing ? outbox.Signal : _signals.GetOrAdd(topic, static _ => new TopicSignal());

    private void Leave(EmbeddedConsumer consumer)
    {
        lock (_joining)
        {
            _consumers.Remove(consumer);
        }
    }
}
