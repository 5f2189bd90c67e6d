using Chat4All.Grains;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Silo.Workers.Deliveries;

/// <inheritdoc cref="IFailedDeliveries" />
internal sealed class FailedDeliveries(IDeliveryStore deliveries, IConversationReader reader, IUserStore users, IDeadLetters deadLetters, TimeProvider time) : IFailedDeliveries
{
    public async Task KeepAsync(DeliveryReceipt receipt, ExternalDelivery delivery, CancellationToken cancellationToken)
    {
        var row = await deliveries.FindAsync(delivery.MessageId, delivery.Recipient, receipt.Channel, cancellationToken);
        if (row is not { Status: MessageStatus.Accepted or MessageStatus.InTransit }
            || await reader.FindMessageAsync(delivery.MessageId, cancellationToken) is not { SenderId: { } senderId } message)
        {
            return;
        }

        var names = await users.FindNamesAsync([senderId], cancellationToken);
        var created = new LogEvent
        {
            Id = message.MessageId,
            Type = EventTypes.MessageCreated,
            Key = message.ConversationId,
            MessageId = message.MessageId,
            Time = message.CreatedAt,
            Data = MessageEvents.Created(message, names.GetValueOrDefault(senderId)),
        };
        if (RoutedMessage.Read(created) is { } routed)
        {
            var request = DeliveryRequest.Write(routed, delivery.Recipient, receipt.Channel, time.GetUtcNow(), Telemetry.RecordedTrace);
            var record = new LogRecord(Topics.Outgoing(ChannelNames.Parse(receipt.Channel)), 0, 0, request);
            await deadLetters.AddAsync(record, ConnectorWorker.GroupName, receipt.Error ?? "failed", row.Attempts, cancellationToken, delivery.Recipient, receipt.Channel);
        }
    }
}
