using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Chat4All.Infrastructure.Kafka;

/// <summary>Asks the cluster about itself.</summary>
internal sealed class KafkaAdministration(KafkaClients clients) : IDisposable
{
    private readonly Lazy<IAdminClient> _client = new(clients.Administration);
    private readonly SemaphoreSlim _asking = new(1);

    /// <summary>Names and replication of the topics that exist. Throws <see cref="KafkaException"/> when nobody answers.</summary>
    public Task<Metadata> DescribeAsync(CancellationToken cancellationToken) => AskAsync(client => client.GetMetadata(KafkaClients.AnswerTimeout), cancellationToken);

    public Task CreateAsync(IEnumerable<TopicSpecification> topics) => _client.Value.CreateTopicsAsync(
        topics, new CreateTopicsOptions { RequestTimeout = KafkaClients.AnswerTimeout, OperationTimeout = KafkaClients.AnswerTimeout });

    public Task PingAsync(CancellationToken cancellationToken) => DescribeAsync(cancellationToken);

    /// <summary>The partitions of a topic. Throws <see cref="KafkaException"/> when nobody knows them.</summary>
    public async Task<IReadOnlyList<TopicPartition>> ListPartitionsAsync(string topic, CancellationToken cancellationToken)
    {
        var described = (await AskAsync(client => client.GetMetadata(topic, KafkaClients.AnswerTimeout), cancellationToken)).Topics.Single();
        return described.Error.IsError ? throw new KafkaException(described.Error) : [.. described.Partitions.Select(partition => new TopicPartition(topic, partition.PartitionId))];
    }

    public void Dispose()
    {
        // A question under way uses the client, whoever has stopped waiting for it.
        _asking.Wait();
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }

        _asking.Dispose();
    }

    /// <summary>librdkafka's questions block; they get a thread of the pool, one after the other.</summary>
    private async Task<Metadata> AskAsync(Func<IAdminClient, Metadata> question, CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        return await Task.Run(
            () =>
            {
                try
                {
                    return question(_client.Value);
                }
                finally
                {
                    _asking.Release();
                }
            },
            CancellationToken.None).WaitAsync(cancellationToken);
    }
}
