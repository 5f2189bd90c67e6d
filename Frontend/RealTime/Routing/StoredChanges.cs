using Chat4All.Frontend.RealTime.Connections;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.RealTime.Routing;

/// <summary>Status and read changes since a time as the events that tell them; each as it stands now.</summary>
internal sealed class StoredChanges(IConversationReader reader)
{
    /// <summary>Changes of each kind told at most; a client that was away for longer reads its conversations anew.</summary>
    private const int MaxChanges = 5000;

    /// <summary>Throws <see cref="StoreUnavailableException"/>.</summary>
    public async Task<IReadOnlyList<OutgoingFrame>> ReadAsync(string userId, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var statuses = await reader.ListStatusChangesAsync(userId, since, MaxChanges, cancellationToken);
        var cursors = await reader.ListCursorChangesAsync(userId, since, MaxChanges, cancellationToken);
        return [.. statuses.Select(Status), .. cursors.Select(Cursor)];
    }

    private static OutgoingFrame Status(StoredMessage message) =>
        OutgoingFrame.ForEvent(
            EventTypes.MessageStatusUpdated,
            message.StatusAt,
            MessageEvents.StatusUpdated(
                new MessageKey(message.MessageId, message.Seq), message.ConversationId, MessageStatus.Accepted, message.Status, null, null, message.StatusAt));

    private static OutgoingFrame Cursor(CursorChange change) =>
        OutgoingFrame.ForEvent(
            EventTypes.ConversationRead,
            change.Cursor.ReadAt,
            ConversationEvents.Read(change.ConversationId, change.UserId, change.UserName, change.Cursor));
}
