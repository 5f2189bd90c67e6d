using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Conversations;

/// <summary>Where outbox rows are the log's own records: the commit was the publication, and all that is left is to wake those who read. One for all conversations.</summary>
internal sealed class OutboxInLog(IEventLog eventLog) : ICommittedOutbox
{
    public void Enqueue(StoredMessage message, OutboxRow row) => eventLog.OutboxCommitted();

    public void Enqueue(StatusChange change) => eventLog.OutboxCommitted();

    public void LookInStore()
    {
    }

    public Task DrainAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
