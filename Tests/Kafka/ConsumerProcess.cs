using System.Diagnostics;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Kafka;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.Kafka;

/// <summary>A consumer in a process of its own, so that it can be killed in the middle of its work.</summary>
internal sealed class ConsumerProcess : IAsyncDisposable
{
    private readonly ProcessOutput _output = new();
    private readonly ChildProcess _process;

    private ConsumerProcess(string servers, string topic, string group) =>
        _process = ChildProcess.Start(new ProcessStartInfo("dotnet", [typeof(ConsumerProcess).Assembly.Location, "consume", servers, topic, group]), _output, keepsInput: true);

    public static async Task<ConsumerProcess> StartAsync(string servers, string topic, string group)
    {
        var started = new ConsumerProcess(servers, topic, group);
        await Eventually.HoldsAsync("the consumer starts", () => started._output.Text.Contains("started", StringComparison.Ordinal));
        return started;
    }

    /// <summary>What the child does: reads as many records as it is told to and commits those with an even partition.</summary>
    public static async Task<int> RunAsync(string servers, string topic, string group)
    {
        await using var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddKafkaLog(KafkaLog.Options(servers)).BuildServiceProvider();
        await using var consumer = services.GetRequiredService<IEventLog>().Join(topic, group);
        Console.WriteLine("started");
        var records = await KafkaLog.ReadAsync(consumer, int.Parse(Console.ReadLine()!, null));
        var done = records.Where(static record => record.Partition % 2 == 0).ToArray();
        await consumer.CommitAsync([.. done.GroupBy(static r => r.Partition).Select(static p => p.Last().Position)], CancellationToken.None);
        Console.WriteLine($"read {records.Count} {done.Length}");
        Console.ReadLine();
        return 0;
    }

    public async Task<(int Read, int Committed)> ReadAndCommitHalfAsync(int count)
    {
        await _process.Input.WriteLineAsync($"{count}");
        await _process.Input.FlushAsync();
        await Eventually.HoldsAsync("the consumer has read", () => _output.Text.Contains("read ", StringComparison.Ordinal) || _process.HasExited);
        var words = _output.Text.Split('\n').Single(static line => line.StartsWith("read ", StringComparison.Ordinal)).Split(' ');
        return (int.Parse(words[1], null), int.Parse(words[2], null));
    }

    /// <summary>kill -9: no farewell to the group.</summary>
    public Task KillAsync() => _process.KillAsync();

    public ValueTask DisposeAsync()
    {
        _process.Dispose();
        return ValueTask.CompletedTask;
    }
}
