using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Orleans;

namespace Chat4All.Grains.Conversations;

/// <inheritdoc cref="IDeliveryReceipts" />
internal sealed class DeliveryReceipts(IDeliveryStore deliveries, IFailedDeliveries failures, IGrainFactory grains) : IDeliveryReceipts
{
    public async Task<IReadOnlyList<DeliveryReceipt>> ReportAsync(IReadOnlyList<DeliveryReceipt> receipts, CancellationToken cancellationToken)
    {
        var updates = new List<(string ConversationId, DeliveryUpdate Update)>(receipts.Count);
        var unknown = new List<DeliveryReceipt>();
        foreach (var channel in receipts.GroupBy(static receipt => receipt.Channel))
        {
            string[] ids = [.. channel.Select(static receipt => receipt.ExternalId).Distinct()];
            var found = (await deliveries.FindByExternalIdsAsync(channel.Key, ids, cancellationToken).Translated()).ToLookup(static delivery => delivery.ExternalId);
            foreach (var receipt in channel)
            {
                foreach (var delivery in receipt.Status == MessageStatus.Failed ? found[receipt.ExternalId] : [])
                {
                    await failures.KeepAsync(receipt, delivery, cancellationToken).Translated();
                }

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
