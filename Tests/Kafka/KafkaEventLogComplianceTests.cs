using Chat4All.Tests.Compliance;
using Chat4All.Tests.Infrastructure.EventLogs;

namespace Chat4All.Tests.Kafka;

[Trait("Category", "Integration")]
public sealed class KafkaEventLogComplianceTests : EventLogCompliance, IAsyncLifetime
{
    private MockCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await MockCluster.StartEmptyAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    protected override async Task<RunningLog> StartAsync(string topic)
    {
        await _cluster.AddTopicOnceAsync(topic, 6);
        var kafka = new KafkaLog(_cluster);
        return new RunningLog(kafka.Log, kafka.DisposeAsync);
    }
}
