using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Kafka;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chat4All.Tests.Kafka;

/// <summary>One process's view of a mock cluster.</summary>
internal sealed class KafkaLog : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public KafkaLog(MockCluster cluster, Func<KafkaOptions, KafkaOptions>? amend = null)
    {
        var options = Options(cluster.BootstrapServers);
        _services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddKafkaLog(amend?.Invoke(options) ?? options).BuildServiceProvider();
    }

    public IEventLog Log => _services.GetRequiredService<IEventLog>();

    /// <summary>What looks after the topics at start.</summary>
    public IHostedLifecycleService Topics => _services.GetRequiredService<KafkaTopics>();

    /// <summary>Settings under which tests need not wait: an empty fetch waits out its time, and a dead member's session ends soon.</summary>
    public static KafkaOptions Options(string servers) => new()
    {
        BootstrapServers = servers,
        DeliveryTimeout = TimeSpan.FromSeconds(2),
        Client = { ["fetch.wait.max.ms"] = "50", ["session.timeout.ms"] = "6000", ["heartbeat.interval.ms"] = "500" },
    };

    public static LogEvent Event(string key, int number) => new()
    {
        Id = $"{key}-{number}",
        Type = "test.happened",
        Key = key,
        MessageId = $"m-{number}",
        Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Data = System.Text.Encoding.UTF8.GetBytes($$"""{"number":{{number}}}"""),
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };

    public static IReadOnlyList<LogEvent> Events(string key, int count, int from = 1) => [.. Enumerable.Range(from, count).Select(number => Event(key, number))];

    /// <summary>Reads until <paramref name="count"/> records came.</summary>
    public static async Task<IReadOnlyList<LogRecord>> ReadAsync(ILogConsumer consumer, int count, int max = 100)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var records = new List<LogRecord>();
        while (records.Count < count)
        {
            records.AddRange(await consumer.ReadAsync(Math.Min(max, count - records.Count), limit.Token));
        }

        return records;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
