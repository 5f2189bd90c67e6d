using System.Collections.Concurrent;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;

namespace Chat4All.Infrastructure.Kafka;

/// <summary>The event log on a Kafka cluster: topics are Kafka's, and a group is one of Kafka's for each topic it reads.</summary>
internal sealed class KafkaEventLog(KafkaClients clients, KafkaProducer producer, KafkaAdministration administration, KafkaOptions options, ILoggerFactory logs) : IEventLog
{
    private readonly ConcurrentDictionary<(string Topic, string Group), bool> _joined = new();

    public bool IncludesOutbox => false;

    public Task AppendAsync(string topic, IReadOnlyList<LogEvent> events, CancellationToken cancellationToken) => producer.AppendAsync(topic, events, cancellationToken);

    public ILogConsumer Join(string topic, string group)
    {
        _joined.TryAdd((topic, group), true);
        return new KafkaConsumer(clients, options, topic, clients.GroupId(topic, group), logs.CreateLogger<KafkaConsumer>());
    }

    /// <summary>Of whole groups: every process that reads for a group says the same.</summary>
    public async Task<IReadOnlyList<ConsumerLag>> ReadLagAsync(CancellationToken cancellationToken)
    {
        var lags = new List<ConsumerLag>();
        foreach (var (topic, group) in _joined.Keys)
        {
            lags.Add(new ConsumerLag(topic, group, await administration.ReadLagAsync(topic, clients.GroupId(topic, group), cancellationToken)));
        }

        return lags;
    }

    public Task PingAsync(CancellationToken cancellationToken) => administration.PingAsync(cancellationToken);
}
