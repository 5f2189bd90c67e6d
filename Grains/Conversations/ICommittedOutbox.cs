using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Conversations;

/// <summary>What a conversation's grain does with the outbox rows that were committed.</summary>
internal interface ICommittedOutbox
{
    /// <summary>Takes a committed row, in seq order.</summary>
    void Enqueue(StoredMessage message, OutboxRow row);

    /// <summary>Takes the committed row of a status change.</summary>
    void Enqueue(StatusChange change);

    /// <summary>Publishes what the store holds unpublished.</summary>
    void LookInStore();

    /// <summary>Publishes what waits, as far as the log takes it: the rest stays in the store for the next activation.</summary>
    Task DrainAsync(CancellationToken cancellationToken);
}
