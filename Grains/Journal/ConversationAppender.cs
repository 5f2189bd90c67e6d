using Chat4All.Grains.Abstractions;

namespace Chat4All.Grains.Journal;

/// <summary>
/// One activation's way into the journal. Holds the head that the next message is numbered from; only the conversation's writer moves it, after a commit.
/// Once fenced it is dead: the activation reloads under the row's lock and opens another.
/// </summary>
internal sealed class ConversationAppender
{
    private readonly JournalWriter _writer;
    private volatile bool _fenced;

    internal ConversationAppender(JournalWriter writer, string conversationId, long head, DateTimeOffset lastActivityAt)
    {
        _writer = writer;
        ConversationId = conversationId;
        Head = head;
        LastActivityAt = lastActivityAt;
    }

    public string ConversationId { get; }

    /// <summary>True when another activation wrote to the conversation, or when a commit's outcome is unknown.</summary>
    public bool IsFenced => _fenced;

    /// <summary>Seq of the newest committed message; belongs to the writer.</summary>
    internal long Head { get; set; }

    /// <summary>Creation time of the newest committed message; belongs to the writer.</summary>
    internal DateTimeOffset LastActivityAt { get; set; }

    /// <summary>
    /// Queues messages behind everything this conversation has queued and completes when they are durable. Throws <c>overloaded</c>, <c>store_unavailable</c> (nothing written)
    /// or <c>outcome_unknown</c> (the appender is fenced then). There is no cancellation: what the journal holds is not withdrawn.
    /// </summary>
    public Task<AppendResult> AppendAsync(MessageDraft[] drafts)
    {
        var append = new PendingAppend(this, drafts);
        return _writer.TryEnqueue(append)
            ? append.Task
            : throw ChatException.Unavailable(ErrorCodes.Overloaded, "Too many messages are waiting to be written.");
    }

    internal void Fence() => _fenced = true;
}
