using Chat4All.Grains.Ports;

namespace Chat4All.Silo.Workers.Incoming;

/// <summary>Hands what platforms report on to those who keep deliveries.</summary>
internal sealed class Receipts(IDeliveryReceipts receipts, IDeliveryStore deliveries, IChannelAddressStore addresses)
{
    /// <summary>Most deliveries that one watermark confirms at once; the next one confirms the rest.</summary>
    private const int Limit = 1_000;

    /// <summary>False when some of the ids are not known (yet).</summary>
    public async Task<bool> ReportAsync(IncomingPayload payload, CancellationToken cancellationToken)
    {
        var known = true;
        if (payload.Receipts.Count > 0)
        {
            known = (await receipts.ReportAsync(payload.Receipts, cancellationToken)).Count == 0;
        }

        foreach (var watermark in payload.Watermarks)
        {
            await ReportAsync(watermark, cancellationToken);
        }

        return known;
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
