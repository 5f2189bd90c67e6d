using Chat4All.Frontend.RealTime.Connections;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.RealTime.Routing;

/// <summary>Status and read changes since a time as the events that tell them; each as it stands now.</summary>
internal sealed class StoredChanges(IConversationReader reader)
{
    private const int PageSize = 500;

    /// <summary>Sends them page by page, as fast as the client takes them: however long it was away, it hears of all. Throws <see cref="StoreUnavailableException"/>.</summary>
    public async Task SendAsync(ChatConnection connection, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var userId = connection.Caller.UserId;
        await SendAsync<StoredMessage>(connection, before => reader.ListStatusChangesAsync(userId, since, before?[^1], PageSize, cancellationToken), Status);
        await SendAsync<CursorChange>(connection, before => reader.ListCursorChangesAsync(userId, since, before?[^1], PageSize, cancellationToken), Cursor);
    }

    /// <param name="read">Reads the page behind another; the first behind null.</param>
    private static async Task SendAsync<T>(ChatConnection connection, Func<IReadOnlyList<T>?, Task<IReadOnlyList<T>>> read, Func<T, OutgoingFrame> frame)
    {
        IReadOnlyList<T>? page = null;
        do
        {
            page = await read(page);
            foreach (var change in page)
            {
                await connection.SendPatientlyAsync(frame(change));
            }
        }
        while (page.Count == PageSize && !connection.IsClosing);
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
