using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chat4All.Infrastructure.EmbeddedLog;

/// <summary>Before anything is sent, takes over what another log left unpublished; from then on deletes what has had its time.</summary>
internal sealed partial class EmbeddedLogUpkeep(ILogTables tables, TopicExtents extents, TimeProvider time, ILogger<EmbeddedLogUpkeep> log) : BackgroundService
{
    private const int Chunk = 5_000;
    private const int MaxAttempts = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var adopted = 0;
        for (var chunk = Chunk; chunk == Chunk; adopted += chunk)
        {
            chunk = await AdoptAsync(cancellationToken);
        }

        if (adopted > 0)
        {
            LogAdopted(log, adopted);
        }

        await base.StartAsync(cancellationToken);
    }

    /// <summary>One chunk. A store that has just been migrated is there, so one that does not answer is asked again a few times.</summary>
    private async Task<int> AdoptAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await tables.AdoptAsync(time.GetUtcNow(), Chunk, cancellationToken);
            }
            catch (StoreUnavailableException failure) when (attempt < MaxAttempts)
            {
                LogPutOff(log, failure);
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var topic in (await tables.ReadHeadsAsync(stoppingToken)).Keys.Where(static topic => topic != Topics.MessageProcessing))
                {
                    await extents.TrimAsync(topic, room: default, stoppingToken);
                }
            }
            catch (Exception failure) when (failure is StoreUnavailableException or CommitOutcomeUnknownException)
            {
                LogPutOff(log, failure);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(332, LogLevel.Information, "The event log took over {Rows} outbox rows that another log had not published")]
    private static partial void LogAdopted(ILogger log, int rows);

    [LoggerMessage(333, LogLevel.Warning, "The event log's upkeep was put off: the store is not available")]
    private static partial void LogPutOff(ILogger log, Exception failure);
}
