using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Conversations;

/// <summary>Where outbox rows are the log's own records: the commit was the publication, and nothing is left to do. One for all conversations.</summary>
internal sealed class OutboxInLog : ICommittedOutbox
{
    public void Enqueue(StoredMessage message, OutboxRow row)
    {
    }

    public void Enqueue(StatusChange change)
    {
    }

    public void LookInStore()
    {
    }

    public Task DrainAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
