using Chat4All.Grains.Outbox;
using Chat4All.Grains.Ports;
using Orleans;
using Orleans.Runtime;

namespace Chat4All.Grains.Conversations;

/// <summary>Keeps a conversation's publisher going in the grain's turns: at once after a commit, by a timer after the log refused.</summary>
internal sealed class PublishingLoop(OutboxPublisher publisher, IGrainBase grain) : ICommittedOutbox
{
    private IGrainTimer? _retry;

    public void Enqueue(StoredMessage message, OutboxRow row)
    {
        publisher.Enqueue(new OutboxEvent
        {
            Id = row.Id,
            ConversationId = message.ConversationId,
            Seq = message.Seq,
            AggregateId = row.AggregateId,
            EventType = row.EventType,
            Payload = row.Payload,
            CreatedAt = message.CreatedAt,
            TraceParent = row.TraceParent,
        });
        Start();
    }

    public void Enqueue(StatusChange change)
    {
        publisher.Enqueue(new OutboxEvent
        {
            Id = change.Outbox.Id,
            ConversationId = change.ConversationId,
            Seq = change.Message.Seq,
            AggregateId = change.Outbox.AggregateId,
            EventType = change.Outbox.EventType,
            Payload = change.Outbox.Payload,
            CreatedAt = change.At,
            TraceParent = change.Outbox.TraceParent,
        });
        Start();
    }

    public void LookInStore()
    {
        publisher.LookInStore();
        Start();
    }

    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        if (publisher.RetryDelay == TimeSpan.Zero)
        {
            await publisher.Run().WaitAsync(cancellationToken);
        }
    }

    private void Start()
    {
        if (_retry is not null && publisher.LogIsBack)
        {
            _retry.Dispose();
            _retry = null;
        }

        if (_retry is null)
        {
            _ = RunAsync();
        }
    }

    /// <summary>Never fails: the publisher keeps what the log refused and says when to try again.</summary>
    private async Task RunAsync()
    {
        await publisher.Run();
        if (publisher.RetryDelay is var delay && delay > TimeSpan.Zero && _retry is null)
        {
            _retry = grain.RegisterGrainTimer(RetryAsync, new GrainTimerCreationOptions(delay, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
        }
    }

    private Task RetryAsync(CancellationToken cancellationToken)
    {
        _retry?.Dispose();
        _retry = null;
        return RunAsync();
    }
}
