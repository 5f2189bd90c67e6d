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

    /// <summary>Records of the topic behind what the group committed; from the oldest where it committed nothing.</summary>
    public async Task<long> ReadLagAsync(string topic, string groupId, CancellationToken cancellationToken)
    {
        var described = await AskAsync(client => client.GetMetadata(topic, KafkaClients.AnswerTimeout), cancellationToken);
        TopicPartition[] partitions = [.. described.Topics.Single().Partitions.Select(partition => new TopicPartition(topic, partition.PartitionId))];
        var groups = await _client.Value.ListConsumerGroupOffsetsAsync(
            [new ConsumerGroupTopicPartitions(groupId, [.. partitions])],
            new ListConsumerGroupOffsetsOptions { RequestTimeout = KafkaClients.AnswerTimeout }).WaitAsync(cancellationToken);
        var committed = groups.Single().Partitions.Where(static place => place.Offset.Value >= 0).ToDictionary(static place => place.TopicPartition, static place => place.Offset.Value);
        var ends = await OffsetsAsync(partitions, OffsetSpec.Latest(), cancellationToken);
        var starts = await OffsetsAsync([.. partitions.Where(partition => !committed.ContainsKey(partition))], OffsetSpec.Earliest(), cancellationToken);
        return ends.Sum(end => Math.Max(0, end.Value - (committed.TryGetValue(end.Key, out var done) ? done : starts.GetValueOrDefault(end.Key))));
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

    private async Task<Dictionary<TopicPartition, long>> OffsetsAsync(TopicPartition[] partitions, OffsetSpec place, CancellationToken cancellationToken)
    {
        if (partitions.Length == 0)
        {
            return [];
        }

        var listed = await _client.Value.ListOffsetsAsync(
            partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = place }),
            new ListOffsetsOptions { RequestTimeout = KafkaClients.AnswerTimeout }).WaitAsync(cancellationToken);
        return listed.ResultInfos.ToDictionary(
            static one => one.TopicPartitionOffsetError.TopicPartition, static one => one.TopicPartitionOffsetError.Offset.Value);
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
