using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Conversations;

/// <summary>How deliveries go on, and what a message's status is by that. Pure: the stores apply it under the message's lock.</summary>
public static class DeliveryRules
{
    /// <summary>
    /// Where the delivery is after the update. Forward only; a failure counts until the platform had it delivered, and is overridden by what is seen later: by delivered and read always,
    /// for those prove it, by in transit if it happened after the failure was recorded.
    /// </summary>
    public static MessageStatus Next(MessageStatus now, DateTimeOffset since, DeliveryUpdate update) => (now, update.Status) switch
    {
        (MessageStatus.Failed, MessageStatus.Delivered or MessageStatus.Read) => update.Status,
        (MessageStatus.Failed, MessageStatus.InTransit) when update.At >= since => MessageStatus.InTransit,
        (MessageStatus.Failed, _) => MessageStatus.Failed,
        (MessageStatus.Accepted or MessageStatus.InTransit, MessageStatus.Failed) => MessageStatus.Failed,
        (_, MessageStatus.Failed) => now,
        _ => update.Status > now ? update.Status : now,
    };

    /// <summary>The delivery after the update; the same object when nothing changed.</summary>
    public static DeliveryRecord Apply(DeliveryRecord delivery, DeliveryUpdate update, DateTimeOffset now)
    {
        var status = Next(delivery.Status, delivery.UpdatedAt, update);
        var attempts = Math.Max(delivery.Attempts, update.Attempts);
        var externalId = delivery.ExternalId is null || (update.ExternalId is not null && update.Attempts > delivery.Attempts) ? update.ExternalId : delivery.ExternalId;
        if (status == delivery.Status && attempts == delivery.Attempts && externalId == delivery.ExternalId)
        {
            return delivery;
        }

        // A failed attempt leaves its error until the delivery moves on.
        var keepsError = status == delivery.Status && (update.Status != status || update.Error is null);
        return delivery with
        {
            Status = status,
            Attempts = attempts,
            ExternalId = externalId,
            SentAt = externalId == delivery.ExternalId ? delivery.SentAt : update.At,
            Error = keepsError ? delivery.Error : update.Error,
            UpdatedAt = now,
        };
    }

    /// <summary>A message's status: failed only when every delivery failed, otherwise the least advanced of those that did not.</summary>
    public static MessageStatus Aggregate(IEnumerable<MessageStatus> deliveries) => deliveries.DefaultIfEmpty(MessageStatus.Accepted).Min();
}
