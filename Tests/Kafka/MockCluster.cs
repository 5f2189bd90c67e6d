using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Chat4All.Grains.Abstractions;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Kafka;

/// <summary>
/// Three brokers that speak Kafka's protocol, in one child process. Not shown by it: replication and min.insync.replicas, what a restart of a broker keeps, idempotent de-duplication,
/// making topics through the protocol, and real throughput. A partition keeps its newest 5 MiB.
/// </summary>
public sealed class MockCluster : IAsyncDisposable
{
    public const int Brokers = 3;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    private readonly ProcessOutput _output = new();
    private readonly ChildProcess _process;
    private readonly SemaphoreSlim _one = new(1);
    private readonly ConcurrentDictionary<string, bool> _topics = new();
    private int _commands;

    private MockCluster()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(MockCluster).Assembly.Location, "kafka", $"{Brokers}", "0"]);
        _process = ChildProcess.Start(start, _output, keepsInput: true);
    }

    /// <summary><c>host:port</c> of all brokers.</summary>
    public string BootstrapServers { get; private set; } = "";

    /// <summary>A cluster with Chat4All's topics.</summary>
    public static async Task<MockCluster> StartAsync(int partitions = 12)
    {
        var cluster = await StartEmptyAsync();
        foreach (var topic in Topics.All)
        {
            await cluster.AddTopicAsync(topic, partitions);
        }

        return cluster;
    }

    /// <summary>A cluster without topics.</summary>
    public static async Task<MockCluster> StartEmptyAsync()
    {
        var cluster = new MockCluster();
        await Eventually.HoldsAsync("the brokers listen", () => cluster.Line("bootstrap ") is not null || cluster._process.HasExited);
        cluster.BootstrapServers = cluster.Line("bootstrap ") ?? throw new InvalidOperationException($"The brokers did not start.\n{cluster._output.Text}");
        return cluster;
    }

    public Task AddTopicAsync(string topic, int partitions) => CommandAsync($"topic {topic} {partitions}");

    /// <summary>Makes a topic unless this cluster has it.</summary>
    public Task AddTopicOnceAsync(string topic, int partitions) => _topics.TryAdd(topic, true) ? CommandAsync($"topic {topic} {partitions}") : Task.CompletedTask;

    /// <summary>Closes a broker's port and connections; its partitions keep it as their leader.</summary>
    public Task SetDownAsync(int broker) => CommandAsync($"down {broker}");

    public Task SetUpAsync(int broker) => CommandAsync($"up {broker}");

    public async Task SetAllDownAsync()
    {
        for (var broker = 1; broker <= Brokers; broker++)
        {
            await SetDownAsync(broker);
        }
    }

    public async Task SetAllUpAsync()
    {
        for (var broker = 1; broker <= Brokers; broker++)
        {
            await SetUpAsync(broker);
        }
    }

    /// <summary>How long each answer of a broker takes at least.</summary>
    public async Task SetAnswerDelayAsync(TimeSpan delay)
    {
        for (var broker = 1; broker <= Brokers; broker++)
        {
            await CommandAsync($"delay {broker} {(int)delay.TotalMilliseconds}");
        }
    }

    public async Task SetLeaderAsync(string topic, int partitions, int broker)
    {
        for (var partition = 0; partition < partitions; partition++)
        {
            await CommandAsync($"leader {topic} {partition} {broker}");
        }
    }

    /// <summary>The next requests of a kind are answered with these errors, one each.</summary>
    /// <param name="api">Kafka's number of the request: 0 produce, 1 fetch, 8 offset commit.</param>
    /// <param name="codes">Kafka's error codes.</param>
    public Task FailNextAsync(int api, params int[] codes) => CommandAsync($"errors {api} {string.Join(' ', codes)}");

    public async ValueTask DisposeAsync()
    {
        await _process.KillAsync();
        _process.Dispose();
        _one.Dispose();
    }

    private async Task CommandAsync(string command)
    {
        await _one.WaitAsync();
        try
        {
            var number = (++_commands).ToString(CultureInfo.InvariantCulture);
            await _process.Input.WriteLineAsync($"{number} {command}");
            await _process.Input.FlushAsync();
            await Eventually.HoldsAsync(command, () => Line($"{number} ") is not null || _process.HasExited, AnswerLimit);
            if (Line($"{number} ") is not "0")
            {
                throw new InvalidOperationException($"{command}\n{_output.Tail()}");
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>What follows the prefix in the line that begins with it; null while there is none.</summary>
    private string? Line(string prefix) =>
        _output.Text.Split('\n').FirstOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..].TrimEnd('\r');
}
