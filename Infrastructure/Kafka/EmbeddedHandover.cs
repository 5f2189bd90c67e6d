using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.EmbeddedLog;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chat4All.Infrastructure.Kafka;

/// <summary>
/// Where the event log was the embedded one before: what some group of it has not done goes over to Kafka before any worker runs, so that the change loses nothing. Outbox rows wait
/// unpublished again, for their conversations' publishers; events of the other topics are appended here. Finds nothing to do at every later start.
/// </summary>
internal sealed partial class EmbeddedHandover(ILogTables tables, IEventLog kafka, ILogger<EmbeddedHandover> log) : IHostedLifecycleService
{
    private const int Chunk = 2_000;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var rows = 0;
        for (var chunk = Chunk; chunk == Chunk; rows += chunk)
        {
            chunk = await tables.ReleaseAsync(Chunk, cancellationToken);
        }

        var events = 0;
        foreach (var topic in (await tables.ReadHeadsAsync(cancellationToken)).Keys.Where(static topic => topic != Topics.MessageProcessing))
        {
            events += await HandOverAsync(topic, cancellationToken);
        }

        if (rows + events > 0)
        {
            LogHandedOver(log, rows, events);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<int> HandOverAsync(string topic, CancellationToken cancellationToken)
    {
        var committed = await tables.ReadCommittedAsync(topic, cancellationToken);
        if (committed.Count == 0)
        {
            return 0;
        }

        var count = 0;
        var after = committed.Values.Min();
        short[] partitions = [.. committed.Keys.Select(static partition => (short)partition)];
        while (await tables.ReadAsync(topic, after, partitions, Chunk, cancellationToken) is { Count: > 0 } page)
        {
            LogEvent[] open = [.. page.Where(record => record.Offset > committed[record.Partition]).Select(static record => record.Event)];
            await AppendAsync(topic, open, cancellationToken);
            after = page[^1].Offset;
            await tables.FinishAsync(topic, after, cancellationToken);
            count += open.Length;
        }

        return count;
    }

    private async Task AppendAsync(string topic, LogEvent[] events, CancellationToken cancellationToken)
    {
        try
        {
            await kafka.AppendAsync(topic, events, cancellationToken);
        }
        catch (KafkaRefusedException refused)
        {
            throw new InvalidOperationException(
                $"The embedded log still has events of {topic} that must go to Kafka first: {refused.Message} Start again when it answers, or with EventLog:Kind=embedded.", refused);
        }
    }

    [LoggerMessage(3231, LogLevel.Information, "The embedded log handed over to Kafka: {Rows} outbox rows and {Events} events of other topics that were not done")]
    private static partial void LogHandedOver(ILogger log, int rows, int events);
}
