using System.Diagnostics.Metrics;
using Chat4All.Grains;
using Chat4All.Grains.Ports;

namespace Chat4All.Silo.Workers.Incoming;

/// <summary>Hands what platforms report on to those who keep deliveries.</summary>
internal sealed class Receipts(IDeliveryReceipts receipts, IDeliveryStore deliveries, IChannelAddressStore addresses, TimeProvider time)
{
    /// <summary>Most deliveries that one watermark confirms at once; the next one confirms the rest.</summary>
    private const int Limit = 1_000;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long an unknown receipt is waited for while the store answers: the platform may be faster than our record of what was sent. Later it is about somebody else's message.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly Counter<long> Unknown = Telemetry.Meter.CreateCounter<long>(
        "chat4all_incoming_receipts_unknown_total", description: "Receipts that were dropped because they are about no message of the hub's.");

    /// <summary>How long to wait before the rest is reported again, twice as long each time; null when nothing is left.</summary>
    public async Task<TimeSpan?> ReportAsync(CallProgress call, CancellationToken cancellationToken)
    {
        while (call.Watermarks.TryPeek(out var watermark))
        {
            await ReportAsync(watermark, cancellationToken);
            call.Watermarks.Dequeue();
        }

        if (call.Receipts.Count == 0)
        {
            return null;
        }

        // When this fails, what was sent could not be recorded either, and the wait for it begins anew.
        var since = call.UnknownSince;
        call.UnknownSince = null;
        call.Receipts = await receipts.ReportAsync(call.Receipts, cancellationToken);
        call.UnknownSince = since ?? time.GetUtcNow();
        var waited = time.GetUtcNow() - call.UnknownSince.Value;
        if (call.Receipts.Count > 0 && waited < Patience)
        {
            return waited > FirstWait ? waited : FirstWait;
        }

        if (call.Receipts.Count > 0)
        {
            Unknown.Add(call.Receipts.Count, new KeyValuePair<string, object?>("channel", call.Channel));
        }

        return null;
    }

    private async Task ReportAsync(ReceiptWatermark watermark, CancellationToken cancellationToken)
    {
        if (await addresses.FindUserAsync(watermark.Channel, watermark.Address, cancellationToken) is { } recipient)
        {
            var open = await deliveries.ListUnconfirmedAsync(watermark.Channel, recipient.UserId, watermark.Status, watermark.UpTo, Limit, cancellationToken);
            if (open.Count > 0)
            {
                await receipts.ReportAsync([.. open.Select(id => new DeliveryReceipt(watermark.Channel, id, watermark.Status, watermark.UpTo))], cancellationToken);
            }
        }
    }
}
