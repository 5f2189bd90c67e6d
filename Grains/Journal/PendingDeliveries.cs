using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Journal;

/// <summary>A grain's updates on their way: each delivery at most once.</summary>
internal sealed class PendingDeliveries(DeliveryUpdate[] updates) : TaskCompletionSource<DeliveryChanges>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public DeliveryUpdate[] Updates => updates;

    /// <summary>Answers with the changes of its own deliveries, and with those messages' that nobody before it in the batch was told of.</summary>
    public void Complete(DeliveryChanges changes, HashSet<string> toldMessages)
    {
        var own = updates.Select(DeliveryRounds.Key).ToHashSet();
        var deliveries = changes.Deliveries.Where(change => own.Contains((change.Message.MessageId, change.Recipient, change.Channel))).ToList();
        var messages = changes.Messages
            .Where(change => deliveries.Exists(delivery => delivery.Message == change.Message) && toldMessages.Add(change.Message.MessageId))
            .ToList();
        TrySetResult(deliveries.Count == 0 ? DeliveryChanges.None : new DeliveryChanges(deliveries, messages));
    }
}
