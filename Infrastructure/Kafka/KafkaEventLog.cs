using System.Collections.Concurrent;
using Chat4All.Grains.Ports;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Chat4All.Infrastructure.Kafka;

/// <summary>The event log on a Kafka cluster: topics are Kafka's, and a group is one of Kafka's for each topic it reads.</summary>
internal sealed class KafkaEventLog(KafkaClients clients, KafkaProducer producer, KafkaAdministration administration, KafkaOptions options, ILoggerFactory logs) : IEventLog
{
    private readonly ConcurrentDictionary<(string Topic, string Group), KafkaConsumer[]> _members = new();

    public bool IncludesOutbox => false;

    public Task AppendAsync(string topic, IReadOnlyList<LogEvent> events, CancellationToken cancellationToken) => producer.AppendAsync(topic, events, cancellationToken);

    public ILogConsumer Join(string topic, string group)
    {
        var member = new KafkaConsumer(clients, options, topic, clients.GroupId(topic, group), logs.CreateLogger<KafkaConsumer>());
        _members.AddOrUpdate((topic, group), static (_, one) => [one], static (_, others, one) => [.. others.Where(static other => !other.HasLeft), one], member);
        return member;
    }

    /// <summary>
    /// Of whole groups: every process that reads for a group says the same. A group that nobody of this process reads any more, or whose member cannot say, is left out; throws
    /// <see cref="KafkaException"/> when that is all of them.
    /// </summary>
    public async Task<IReadOnlyList<ConsumerLag>> ReadLagAsync(CancellationToken cancellationToken)
    {
        var lags = new List<ConsumerLag>();
        KafkaException? unanswered = null;
        foreach (var ((topic, group), members) in _members)
        {
            try
            {
                if (members.FirstOrDefault(static one => !one.HasLeft) is { } member)
                {
                    lags.Add(new ConsumerLag(topic, group, await member.ReadLagAsync(await administration.ListPartitionsAsync(topic, cancellationToken), cancellationToken)));
                }
            }
            catch (KafkaException silent)
            {
                unanswered = silent;
            }
        }

        return lags.Count > 0 || unanswered is null ? lags : throw unanswered;
    }

    public Task PingAsync(CancellationToken cancellationToken) => administration.PingAsync(cancellationToken);
}
