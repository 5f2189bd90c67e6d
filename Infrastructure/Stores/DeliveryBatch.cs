using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Conversations;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Stores;

/// <summary>A message whose row is locked, as far as its status is concerned.</summary>
internal readonly record struct LockedMessage(string ConversationId, string MessageId, long Seq, MessageStatus Status);

/// <summary>What a set of updates does to the rows that a store has read under the messages' locks: what is to be written, and what the caller is told.</summary>
internal sealed class DeliveryBatch
{
    private readonly List<DeliveryRecord> _rows = [];
    private readonly List<DeliveryChange> _deliveries = [];
    private readonly List<StatusChange> _messages = [];

    /// <param name="deliveries">Every delivery of the messages.</param>
    /// <param name="told">Status events of these messages that the outbox has, as (aggregate id, event type).</param>
    public DeliveryBatch(
        IEnumerable<LockedMessage> messages,
        IEnumerable<DeliveryRecord> deliveries,
        IReadOnlySet<(string AggregateId, string EventType)> told,
        IReadOnlyList<DeliveryUpdate> updates,
        DateTimeOffset now)
    {
        var deliveriesOf = deliveries.ToLookup(static delivery => delivery.MessageId);
        var updatesOf = updates.ToLookup(static update => update.MessageId);
        foreach (var message in messages.OrderBy(static message => message.ConversationId, StringComparer.Ordinal).ThenBy(static message => message.Seq))
        {
            Apply(message, [.. deliveriesOf[message.MessageId]], updatesOf[message.MessageId], told, now);
        }
    }

    /// <summary>Deliveries as they are to be written.</summary>
    public IReadOnlyList<DeliveryRecord> Rows => _rows;

    /// <summary>Messages whose status is to be written, with the outbox rows.</summary>
    public IReadOnlyList<StatusChange> Messages => _messages;

    public DeliveryChanges Changes => _rows.Count == 0 ? DeliveryChanges.None : new DeliveryChanges(_deliveries, _messages);

    private void Apply(
        LockedMessage message, DeliveryRecord[] deliveries, IEnumerable<DeliveryUpdate> updates, IReadOnlySet<(string AggregateId, string EventType)> told, DateTimeOffset now)
    {
        var key = new MessageKey(message.MessageId, message.Seq);
        var moved = new List<(MessageStatus From, DeliveryRecord Delivery, string? Trace)>();
        foreach (var update in updates)
        {
            var index = Array.FindIndex(deliveries, delivery => delivery.Recipient == update.Recipient && delivery.Channel == update.Channel);
            if (index < 0)
            {
                continue;
            }

            var before = deliveries[index];
            var after = DeliveryRules.Apply(before, update, now);
            if (!ReferenceEquals(before, after))
            {
                _rows.Add(after);
                deliveries[index] = after;
            }

            if (before.Status != after.Status)
            {
                moved.Add((before.Status, after, update.TraceParent));
            }
        }

        var status = moved.Count == 0 ? message.Status : DeliveryRules.Aggregate(deliveries.Select(static delivery => delivery.Status));
        var only = deliveries.Length == 1;
        foreach (var (from, delivery, _) in moved)
        {
            _deliveries.Add(new DeliveryChange(message.ConversationId, key, delivery.Recipient, delivery.Channel, from, delivery.Status, status, only, now));
        }

        if (status != message.Status)
        {
            var (_, last, trace) = moved[^1];
            var payload = MessageEvents.StatusUpdated(key, message.ConversationId, message.Status, status, only ? last.Channel : null, only ? last.Recipient : null, now);
            _messages.Add(new StatusChange(message.ConversationId, key, message.Status, status, now, StatusRows.Row(message.MessageId, status, payload, trace, told.Contains((message.MessageId, StatusRows.EventOf(status))), now)));
        }
    }
}
