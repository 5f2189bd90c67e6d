using Chat4All.Grains.Abstractions;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Kafka;

/// <summary>The mock cluster makes no topics by request, so only the refusal can be shown.</summary>
[Trait("Category", "Integration")]
public sealed class KafkaTopicsTests
{
    [Fact]
    public async Task Topics_that_are_there_are_left_alone()
    {
        await using var cluster = await MockCluster.StartAsync();
        await using var kafka = new KafkaLog(cluster);

        await kafka.Topics.StartingAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_start_ends_with_what_the_cluster_lacks_where_nothing_may_be_made()
    {
        await using var cluster = await MockCluster.StartEmptyAsync();
        await using var kafka = new KafkaLog(cluster, static options => options with { CreateTopics = false });

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => kafka.Topics.StartingAsync(CancellationToken.None));

        Assert.Contains($"has no topic {string.Join(", ", Topics.All)}, and Kafka:CreateTopics is off", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("100 partitions, 3 replicas and min.insync.replicas=2", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_ends_with_what_the_cluster_refuses()
    {
        await using var cluster = await MockCluster.StartEmptyAsync();
        await using var kafka = new KafkaLog(cluster);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => kafka.Topics.StartingAsync(CancellationToken.None));

        Assert.StartsWith("The Kafka cluster refuses to make topics (", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("change Kafka:Partitions, Kafka:ReplicationFactor and Kafka:MinInSyncReplicas", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_does_not_stop_the_start()
    {
        await using var cluster = await MockCluster.StartAsync();
        await cluster.SetAllDownAsync();
        await using var kafka = new KafkaLog(cluster);

        await kafka.Topics.StartingAsync(CancellationToken.None);

        await Assert.ThrowsAnyAsync<Exception>(() => kafka.Log.PingAsync(CancellationToken.None));
        await cluster.SetAllUpAsync();
        await Eventually.HoldsAsync("the cluster answers", async () => await kafka.Log.PingAsync(CancellationToken.None).ContinueWith(static t => t.IsCompletedSuccessfully, TaskScheduler.Default));
        await kafka.Topics.StoppingAsync(CancellationToken.None);
    }
}
