using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;

namespace Chat4All.Grains.Outbox;

/// <summary>Never publishes: wakes the conversations whose rows a crash left behind, and deletes published rows past their retention.</summary>
internal sealed partial class OutboxSweeper(IOutboxStore store, IGrainFactory grains, IOptions<OutboxOptions> options, TimeProvider time, ILogger<OutboxSweeper> log)
    : BackgroundService
{
    private const int WakeLimit = 500;
    private const int DeleteChunk = 5_000;

    private long _unpublished;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Telemetry.Meter.CreateObservableGauge("chat4all_outbox_unpublished", () => Volatile.Read(ref _unpublished), description: "Outbox rows that are not published.");
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
        foreach (var conversationId in await store.ListStaleConversationsAsync(now - options.Value.StaleAfter, WakeLimit, cancellationToken))
        {
            await grains.GetGrain<IConversationGrain>(conversationId).Wake();
        }

        Volatile.Write(ref _unpublished, await store.CountUnpublishedAsync(cancellationToken));
        while (await store.DeletePublishedAsync(now - options.Value.Retention, DeleteChunk, cancellationToken) == DeleteChunk)
        {
            await Task.Yield();
        }
    }

    [LoggerMessage(113, LogLevel.Warning, "The outbox sweep was put off: the store is not available")]
    private static partial void LogStoreAway(ILogger log, Exception cause);
}
