using System.Globalization;
using Chat4All.Grains.Abstractions;
using Confluent.Kafka;
using ErrorCode = Confluent.Kafka.ErrorCode;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chat4All.Infrastructure.Kafka;

/// <summary>
/// Sees to the topics before anything reads or writes them: makes what is missing, or stops the start with a sentence about what the cluster lacks. A cluster that does not answer is
/// no reason not to start, because messages are accepted without it: then this is caught up with once it does.
/// </summary>
internal sealed partial class KafkaTopics(KafkaAdministration administration, KafkaOptions options, TimeProvider time, ILogger<KafkaTopics> log) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private Task _catchingUp = Task.CompletedTask;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await EnsureAsync(cancellationToken);
        }
        catch (KafkaException away)
        {
            LogAway(log, options.BootstrapServers, away.Error.Reason);
            _catchingUp = CatchUpAsync(_stopping.Token);
        }
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _catchingUp.WaitAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();

    private async Task CatchUpAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await EnsureAsync(stopping);
                return;
            }
            catch (InvalidOperationException refused)
            {
                LogRefused(log, refused.Message);
            }
            catch (Exception away) when (away is KafkaException or OperationCanceledException)
            {
            }

            await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Throws <see cref="InvalidOperationException"/> where the cluster lacks topics or refuses to make them, <see cref="KafkaException"/> where it does not answer.</summary>
    private async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var cluster = await administration.DescribeAsync(cancellationToken);
        var existing = cluster.Topics.Where(static topic => !topic.Error.IsError).Select(static topic => topic.Topic).ToHashSet(StringComparer.Ordinal);
        string[] missing = [.. Topics.All.Where(topic => !existing.Contains(topic))];
        if (missing.Length == 0)
        {
            return;
        }

        if (!options.CreateTopics)
        {
            throw new InvalidOperationException($"The Kafka cluster has no topic {string.Join(", ", missing)}, and Kafka:CreateTopics is off. {Advice}");
        }

        await CreateAsync(missing);
        LogMade(log, string.Join(", ", missing), options.Partitions, options.ReplicationFactor);
    }

    private string Advice => $"Make it yourself, with {options.Partitions} partitions, {options.ReplicationFactor} replicas and min.insync.replicas={options.MinInSyncReplicas} "
        + "(kafka-topics --create), or change Kafka:Partitions, Kafka:ReplicationFactor and Kafka:MinInSyncReplicas to what the cluster can do.";

    private async Task CreateAsync(string[] missing)
    {
        try
        {
            await administration.CreateAsync(missing.Select(topic => new TopicSpecification
            {
                Name = topic,
                NumPartitions = options.Partitions,
                ReplicationFactor = options.ReplicationFactor,
                Configs = new Dictionary<string, string> { ["min.insync.replicas"] = options.MinInSyncReplicas.ToString(CultureInfo.InvariantCulture) },
            }));
        }
        catch (CreateTopicsException refused)
        {
            // Another process that starts at the same time may have been faster.
            var problems = refused.Results.Where(static result => result.Error.IsError && result.Error.Code != ErrorCode.TopicAlreadyExists).ToArray();
            if (problems.Length > 0)
            {
                throw Refusal(problems.Select(static problem => $"{problem.Topic}: {problem.Error.Reason}"), refused);
            }
        }
        catch (KafkaException refused)
        {
            throw Refusal([refused.Error.Reason], refused);
        }
    }

    private InvalidOperationException Refusal(IEnumerable<string> problems, Exception cause) =>
        new($"The Kafka cluster refuses to make topics ({string.Join("; ", problems)}). {Advice}", cause);

    [LoggerMessage(3211, LogLevel.Warning, "Kafka at {Servers} does not answer ({Reason}); messages are accepted meanwhile and published once it does")]
    private static partial void LogAway(ILogger log, string servers, string reason);

    [LoggerMessage(3212, LogLevel.Information, "Made the Kafka topics {Topics} with {Partitions} partitions and {Replicas} replicas")]
    private static partial void LogMade(ILogger log, string topics, int partitions, short replicas);

    [LoggerMessage(3213, LogLevel.Error, "{Problem}")]
    private static partial void LogRefused(ILogger log, string problem);
}
