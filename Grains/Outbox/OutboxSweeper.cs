using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;

namespace Chat4All.Grains.Outbox;

/// <summary>Never publishes: wakes the conversations whose rows a crash left behind, and deletes published rows past their retention.</summary>
internal sealed partial class OutboxSweeper(
    IOutboxStore store, IEventLog eventLog, OutboxBacklog backlog, IGrainFactory grains, IOptions<OutboxOptions> options, TimeProvider time, ILogger<OutboxSweeper> log)
    : BackgroundService
{
    private const int WakeLimit = 500;
    private const int DeleteChunk = 5_000;

    /// <summary>Above this many rows a count takes long enough to be made only each <see cref="LargeCountInterval"/>th time; between counts the backlog is carried forward.</summary>
    private const int LargeCount = 100_000;

    private const int LargeCountInterval = 6;

    private string _wokenUpTo = "";
    private int _sweeps;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Telemetry.Meter.CreateObservableGauge("chat4all_outbox_unpublished", () => backlog.Rows, description: "Outbox rows that are not published.");
        using var timer = new PeriodicTimer(options.Value.StaleAfter, time);
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception cause) when (cause is StoreUnavailableException or CommitOutcomeUnknownException)
            {
                LogStoreAway(log, cause);
            }
        }
        while (await NextAsync(timer, stoppingToken));
    }

    private static async ValueTask<bool> NextAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (eventLog.IncludesOutbox)
        {
            var lags = await eventLog.ReadLagAsync(cancellationToken);
            backlog.Counted(lags.Where(static lag => lag.Topic == Topics.MessageProcessing).Select(static lag => lag.Records).DefaultIfEmpty().Max());
        }
        else
        {
            await WakeAsync(now - options.Value.StaleAfter, cancellationToken);
            if (backlog.Rows < LargeCount || _sweeps++ % LargeCountInterval == 0)
            {
                backlog.Counted(await store.CountUnpublishedAsync(cancellationToken));
            }
        }

        while (await store.DeletePublishedAsync(now - options.Value.Retention, DeleteChunk, cancellationToken) == DeleteChunk)
        {
            await Task.Yield();
        }
    }

    /// <summary>Wakes every conversation that was left behind; while the log takes nothing, only so many at once, each time the next.</summary>
    private async Task WakeAsync(DateTimeOffset createdBefore, CancellationToken cancellationToken)
    {
        var recently = time.GetTimestamp() - (long)(options.Value.StaleAfter.TotalSeconds * time.TimestampFrequency);
        do
        {
            var page = await store.ListStaleConversationsAsync(createdBefore, _wokenUpTo, WakeLimit, cancellationToken);
            foreach (var conversationId in page)
            {
                await grains.GetGrain<IConversationGrain>(conversationId).Wake();
            }

            _wokenUpTo = page.Count == WakeLimit ? page[^1] : "";
        }
        while (_wokenUpTo.Length > 0 && backlog.LogTookSince(recently));
    }

    [LoggerMessage(113, LogLevel.Warning, "The outbox sweep was put off: the store is not available")]
    private static partial void LogStoreAway(ILogger log, Exception cause);
}
