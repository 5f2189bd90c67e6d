using Chat4All.Grains.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Chat4All.Grains.Audit;

/// <summary>Deletes audit entries and replayed dead letters past their retention.</summary>
internal sealed partial class AuditSweeper(IDeadLetterStore deadLetters, IOptions<AuditOptions> options, TimeProvider time, ILogger<AuditSweeper> log) : BackgroundService
{
    private const int DeleteChunk = 5_000;

    private static readonly TimeSpan PurgeEvery = TimeSpan.FromHours(1);

    /// <summary>There are few, so what a chunk leaves, or the store refuses, can wait for the next one.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var isDone = await TryPurgeAsync(stoppingToken);
            await Task.Delay(isDone ? PurgeEvery : Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>False when there is more to delete, or the store is away.</summary>
    private async Task<bool> TryPurgeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await deadLetters.PurgeAsync(time.GetUtcNow() - TimeSpan.FromDays(options.Value.RetentionDays), DeleteChunk, cancellationToken) < DeleteChunk;
        }
        catch (Exception cause) when (cause is StoreUnavailableException or CommitOutcomeUnknownException)
        {
            LogStoreAway(log, cause);
            return false;
        }
    }

    [LoggerMessage(114, LogLevel.Warning, "Old audit entries were not deleted yet: the store is not available")]
    private static partial void LogStoreAway(ILogger log, Exception cause);
}
