using Chat4All.Grains.Abstractions;

namespace Chat4All.Grains.Ports;

/// <summary>Takes what platforms report about messages that they were given.</summary>
public interface IDeliveryReceipts
{
    /// <summary>
    /// Turns receipts into status changes; those told before change nothing. Answers the receipts whose id is not known (yet): a platform may be faster than the record of what was sent, so that
    /// it is worth reporting them again a moment later. Throws <see cref="ChatException"/> when the store is not available; then all of them are to be reported again.
    /// </summary>
    Task<IReadOnlyList<DeliveryReceipt>> ReportAsync(IReadOnlyList<DeliveryReceipt> receipts, CancellationToken cancellationToken);
}

/// <summary>A platform's word on one message.</summary>
/// <param name="Channel"><c>whatsapp</c>, ….</param>
/// <param name="ExternalId">The platform's id of the message, as <see cref="SendResult.ExternalId"/> had it.</param>
/// <param name="At">When it happened on the platform.</param>
/// <param name="Error">A stable snake_case code, when it failed.</param>
public sealed record DeliveryReceipt(string Channel, string ExternalId, MessageStatus Status, DateTimeOffset At, string? Error = null);
