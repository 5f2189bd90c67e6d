using System.Diagnostics.Metrics;
using Chat4All.Grains;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chat4All.Infrastructure.Connectors.Simulator;

/// <summary>
/// Brings the simulated platforms' receipts back, in batches from one wheel; it does not tick while nothing waits. The wheel is the platform's own memory: what a
/// crash finds in it never comes, as if the platform had lost it, and such messages stay <c>in_transit</c>.
/// </summary>
internal sealed partial class SimulatedReceipts(SimulatorOptions options, Lazy<IDeliveryReceipts?> hub, TimeProvider time, ILogger<SimulatedReceipts> logger)
    : BackgroundService
{
    private const int MaxBatch = 500;
    private const int MaxTries = 14;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(1);

    private static readonly Counter<long> Lost = Telemetry.Meter.CreateCounter<long>(
        "chat4all_simulator_receipts_lost_total", description: "Receipts of the simulator that were dropped because too many were on their way or the hub refused them.");

    private readonly ReceiptWheel _wheel = new(Tick, options.MaxPendingReceipts);
    private readonly SemaphoreSlim _added = new(0);
    private int _waiting;

    /// <summary>Receipts on their way.</summary>
    public int Pending => _wheel.Count;

    /// <summary>Lets a receipt arrive at the given time; never blocks.</summary>
    public void Schedule(Channels channel, string externalId, MessageStatus status, DateTimeOffset at) =>
        Add(new PendingReceipt(channel, externalId, status, at, at));

    public override void Dispose()
    {
        _added.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var due = new List<PendingReceipt>();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WaitAsync(stoppingToken);
                _wheel.Take(time.GetUtcNow(), due);
                foreach (var batch in due.Chunk(MaxBatch))
                {
                    await ReportAsync(batch, stoppingToken);
                }

                due.Clear();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (_wheel.Count == 0)
        {
            // Whoever adds from here on sees that it has to wake this loop; whoever did before is seen by the second look.
            Interlocked.Exchange(ref _waiting, 1);
            if (_wheel.Count == 0 || Interlocked.Exchange(ref _waiting, 0) == 0)
            {
                await _added.WaitAsync(cancellationToken);
            }
        }

        await Task.Delay(Tick, time, cancellationToken);
    }

    private async Task ReportAsync(PendingReceipt[] batch, CancellationToken cancellationToken)
    {
        if (hub.Value is not { } receipts)
        {
            return;
        }

        try
        {
            var unknown = await receipts.ReportAsync(
                [.. batch.Select(static r => new DeliveryReceipt(ChannelNames.Join(r.Channel), r.ExternalId, r.Status, r.At))], cancellationToken);
            if (unknown.Count > 0)
            {
                // Sent a moment ago, and faster here than the hub's own note of it.
                var ids = unknown.Select(static receipt => receipt.ExternalId).ToHashSet(StringComparer.Ordinal);
                ReportAgain(batch.Where(receipt => ids.Contains(receipt.ExternalId)));
            }
        }
        catch (Exception refused) when (refused is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // As a platform calls a webhook again.
            LogRefused(logger, batch.Length, refused);
            ReportAgain(batch);
        }
    }

    /// <summary>After a tick, then after twice as long each time, for about ten seconds.</summary>
    private void ReportAgain(IEnumerable<PendingReceipt> refused)
    {
        var now = time.GetUtcNow();
        foreach (var receipt in refused)
        {
            var wait = Tick.Ticks << receipt.Tries;
            Add(receipt with { Due = now + TimeSpan.FromTicks(Math.Min(wait, MaxRetryAfter.Ticks)), Tries = receipt.Tries + 1 });
        }
    }

    private void Add(PendingReceipt receipt)
    {
        if (receipt.Tries >= MaxTries || !_wheel.TryAdd(receipt))
        {
            Lost.Add(1);
        }
        else if (Interlocked.CompareExchange(ref _waiting, 0, 1) == 1)
        {
            _added.Release();
        }
    }

    [LoggerMessage(5001, LogLevel.Warning, "The hub refused {Count} simulated receipts; they come again")]
    private static partial void LogRefused(ILogger logger, int count, Exception refused);
}
