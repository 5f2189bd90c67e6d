using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Grains;

/// <summary>A real store of deliveries whose updates a test may hold back or refuse.</summary>
internal sealed class InterposedDeliveries(IDeliveryStore store) : IDeliveryStore
{
    /// <summary>Runs before updates are written; may throw in its place.</summary>
    public Func<IReadOnlyList<DeliveryUpdate>, Task>? BeforeRecord { get; set; }

    /// <summary>How many transactions there were.</summary>
    public int Records { get; private set; }

    public Task InsertAsync(IReadOnlyCollection<NewDelivery> deliveries, DateTimeOffset now, CancellationToken cancellationToken) =>
        store.InsertAsync(deliveries, now, cancellationToken);

    public async Task<DeliveryChanges> RecordAsync(IReadOnlyList<DeliveryUpdate> updates, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Records++;
        if (BeforeRecord is { } before)
        {
            await before(updates);
        }

        return await store.RecordAsync(updates, now, cancellationToken);
    }

    public Task<DeliveryRecord?> FindAsync(string messageId, string recipient, string channel, CancellationToken cancellationToken) =>
        store.FindAsync(messageId, recipient, channel, cancellationToken);

    public Task<IReadOnlyList<ExternalDelivery>> FindByExternalIdsAsync(string channel, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken) =>
        store.FindByExternalIdsAsync(channel, externalIds, cancellationToken);

    public Task<IReadOnlyList<string>> ListUnconfirmedAsync(
        string channel, string recipient, MessageStatus below, DateTimeOffset upTo, int limit, CancellationToken cancellationToken) =>
        store.ListUnconfirmedAsync(channel, recipient, below, upTo, limit, cancellationToken);

    public Task<IReadOnlySet<string>> FindMessagesAsync(IReadOnlyCollection<string> messageIds, CancellationToken cancellationToken) =>
        store.FindMessagesAsync(messageIds, cancellationToken);

    public Task<ILookup<string, string>> ListMembersAsync(IReadOnlyCollection<string> conversationIds, CancellationToken cancellationToken) =>
        store.ListMembersAsync(conversationIds, cancellationToken);
}
