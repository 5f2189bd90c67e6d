using Chat4All.Grains.Abstractions;

namespace Chat4All.Grains.Ports;

/// <summary>The durable side of the conversation grain. The store decides: whatever a grain believes, the fence on <c>last_seq</c> has the last word.</summary>
/// <remarks>
/// Every method throws <see cref="StoreUnavailableException"/> when the store cannot be reached or is too busy and nothing was written;
/// methods that write throw <see cref="CommitOutcomeUnknownException"/> when the connection was lost while committing.
/// </remarks>
public interface IConversationStore
{
    /// <summary>
    /// Reads a conversation under its row's lock, so that a lost backend's commit that may still come has come or gone before the answer; null when there is none.
    /// </summary>
    Task<ConversationRecord?> LoadAsync(string conversationId, CancellationToken cancellationToken);

    /// <summary>
    /// Inserts a conversation with its members, or answers the private pair's existing one.
    /// Throws <c>conversation_id_conflict</c> when the id is taken by another conversation and <c>user_not_found</c> when a member does not exist or is deleted.
    /// </summary>
    Task<(ConversationRecord Conversation, bool Created)> CreateAsync(NewConversation conversation, CancellationToken cancellationToken);

    /// <summary>
    /// One attempt to write a batch in ONE transaction: advance each conversation's <c>last_seq</c> from <see cref="ConversationAppend.ExpectedLastSeq"/>,
    /// insert messages and outbox rows, apply member changes, move the senders' read cursors. Either all of it is committed and synced, or nothing is and the conflicts say why.
    /// Conversations are distinct within a batch, message ids too.
    /// </summary>
    Task<AppendConflicts> AppendAsync(IReadOnlyList<ConversationAppend> batch, CancellationToken cancellationToken);

    /// <summary>Replaces the metadata (a JSON object as text).</summary>
    Task UpdateMetadataAsync(string conversationId, string metadata, CancellationToken cancellationToken);

    /// <summary>Moves a member's cursor to the smaller of <paramref name="upToSeq"/> and the head, if that is forward. Null when the user is no member.</summary>
    Task<ReadAdvance?> AdvanceReadCursorAsync(string conversationId, string userId, long? upToSeq, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>What a read receipt changed.</summary>
/// <param name="Cursor">The cursor after the call.</param>
/// <param name="Previous">Where the cursor stood before; equal to the cursor's when nothing moved.</param>
/// <param name="BecameRead">In-app-only messages (channels exactly <c>chat4all</c>) that by this move have been read by every member but their sender, with the outbox rows of the same transaction; the newest 1,000, ascending by seq.</param>
public sealed record ReadAdvance(ReadCursor Cursor, long Previous, IReadOnlyList<StatusChange> BecameRead);

/// <summary>A message's identity within its conversation.</summary>
public readonly record struct MessageKey(string MessageId, long Seq);
