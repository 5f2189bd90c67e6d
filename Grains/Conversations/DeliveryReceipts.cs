using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Orleans;

namespace Chat4All.Grains.Conversations;

/// <inheritdoc cref="IDeliveryReceipts" />
/// <remarks>
/// A platform may be faster than the note that it was given the message. Unknown ids are therefore looked for a few times within a second, so that a message's receipts are
/// taken in the order in which they came.
/// </remarks>
internal sealed class DeliveryReceipts(IDeliveryStore deliveries, IGrainFactory grains, TimeProvider time) : IDeliveryReceipts
{
    private static readonly TimeSpan[] Waits = [.. new[] { 25, 75, 150, 300, 450 }.Select(static wait => TimeSpan.FromMilliseconds(wait))];

    public async Task<IReadOnlyList<DeliveryReceipt>> ReportAsync(IReadOnlyList<DeliveryReceipt> receipts, CancellationToken cancellationToken)
    {
        var updates = new List<(string ConversationId, DeliveryUpdate Update)>(receipts.Count);
        var unknown = new List<DeliveryReceipt>();
        foreach (var channel in receipts.GroupBy(static receipt => receipt.Channel))
        {
            string[] ids = [.. channel.Select(static receipt => receipt.ExternalId).Distinct()];
            var found = (await FindAsync(channel.Key, ids, cancellationToken)).ToLookup(static delivery => delivery.ExternalId);
            foreach (var receipt in channel)
            {
                if (found.Contains(receipt.ExternalId))
                {
                    updates.AddRange(found[receipt.ExternalId].Select(delivery => (delivery.ConversationId, ToUpdate(receipt, delivery))));
                }
                else
                {
                    unknown.Add(receipt);
                }
            }
        }

        await Task.WhenAll(updates.GroupBy(static one => one.ConversationId, static one => one.Update).Select(conversation =>
            grains.GetGrain<IConversationGrain>(conversation.Key).RecordDeliveries([.. conversation], cancellationToken).AsTask()));
        return unknown;
    }

    private async Task<List<ExternalDelivery>> FindAsync(string channel, string[] ids, CancellationToken cancellationToken)
    {
        var found = new List<ExternalDelivery>(await deliveries.FindByExternalIdsAsync(channel, ids, cancellationToken).Translated());
        foreach (var wait in Waits)
        {
            var known = found.Select(static delivery => delivery.ExternalId).ToHashSet(StringComparer.Ordinal);
            string[] missing = [.. ids.Where(id => !known.Contains(id))];
            if (missing.Length == 0)
            {
                break;
            }

            await Task.Delay(wait, time, cancellationToken);
            found.AddRange(await deliveries.FindByExternalIdsAsync(channel, missing, cancellationToken).Translated());
        }

        return found;
    }

    private static DeliveryUpdate ToUpdate(DeliveryReceipt receipt, ExternalDelivery delivery) => new()
    {
        MessageId = delivery.MessageId,
        Recipient = delivery.Recipient,
        Channel = receipt.Channel,
        Status = receipt.Status,
        At = receipt.At,
        Error = receipt.Error,
    };
}
