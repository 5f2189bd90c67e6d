using Chat4All.Grains.Abstractions;

namespace Chat4All.Grains.Ports;

/// <summary>Reads for the API and the sockets; never blocks writers. Throws <see cref="StoreUnavailableException"/>.</summary>
public interface IConversationReader
{
    /// <summary>The conversation with its members, without taking a lock; null when there is none.</summary>
    Task<ConversationRecord?> FindAsync(string conversationId, CancellationToken cancellationToken);

    /// <summary>The user's conversations, newest activity first, ties by id descending. <paramref name="limit"/> is 1 to 100.</summary>
    /// <param name="before">Only conversations behind this position; null from the top.</param>
    Task<IReadOnlyList<ConversationSummary>> ListAsync(string userId, ListPosition? before, int offset, int limit, CancellationToken cancellationToken);

    /// <summary>Every conversation that the user is a member of, with its head; for subscribing a socket.</summary>
    Task<IReadOnlyList<ConversationHead>> ListHeadsAsync(string userId, CancellationToken cancellationToken);

    /// <summary>Those of the given conversations that have gone on, with their head now: above the one given. Any number.</summary>
    Task<IReadOnlyList<ConversationHead>> FindNewHeadsAsync(IReadOnlyCollection<ConversationHead> known, CancellationToken cancellationToken);

    /// <summary>Everyone who shares a conversation with the user, the user excluded; at most <paramref name="limit"/>. For presence.</summary>
    Task<IReadOnlyList<string>> ListContactsAsync(string userId, int limit, CancellationToken cancellationToken);

    /// <summary>Messages with <paramref name="afterSeq"/> &lt; seq ≤ <paramref name="upToSeq"/>, ascending, at most <paramref name="limit"/> from the low end.</summary>
    Task<IReadOnlyList<StoredMessage>> ListAfterAsync(string conversationId, long afterSeq, long upToSeq, int limit, CancellationToken cancellationToken);

    /// <summary>The <paramref name="limit"/> messages next below <paramref name="beforeSeq"/>, ascending; from the head when it is <see cref="long.MaxValue"/>.</summary>
    Task<IReadOnlyList<StoredMessage>> ListBeforeAsync(string conversationId, long beforeSeq, int limit, CancellationToken cancellationToken);

    /// <summary>The message, or null.</summary>
    Task<StoredMessage?> FindMessageAsync(string messageId, CancellationToken cancellationToken);

    /// <summary>Deliveries of the given messages, by message, recipient and channel.</summary>
    Task<IReadOnlyList<DeliveryRecord>> ListDeliveriesAsync(IReadOnlyCollection<string> messageIds, CancellationToken cancellationToken);

    /// <summary>For each of the user's conversations with messages newer than <paramref name="since"/>: the seq just before the first of them, and the head.</summary>
    Task<IReadOnlyList<ResumePoint>> ListResumePointsAsync(string userId, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Messages of the user's conversations whose status changed after <paramref name="since"/> but that are older than it; at most <paramref name="limit"/>, oldest change first.</summary>
    /// <param name="after">The last of the page before; null for the first page.</param>
    Task<IReadOnlyList<StoredMessage>> ListStatusChangesAsync(string userId, DateTimeOffset since, StoredMessage? after, int limit, CancellationToken cancellationToken);

    /// <summary>Read cursors in the user's conversations that moved after <paramref name="since"/>; at most <paramref name="limit"/>, oldest move first.</summary>
    /// <param name="after">The last of the page before; null for the first page.</param>
    Task<IReadOnlyList<CursorChange>> ListCursorChangesAsync(string userId, DateTimeOffset since, CursorChange? after, int limit, CancellationToken cancellationToken);
}

/// <summary>A place in the list of conversations.</summary>
public readonly record struct ListPosition(DateTimeOffset LastActivityAt, string ConversationId);

/// <summary>A conversation and its newest seq.</summary>
public readonly record struct ConversationHead(string ConversationId, long LastSeq);

/// <summary>Where a replay starts and ends: messages behind <paramref name="AfterSeq"/> up to <paramref name="LastSeq"/>.</summary>
public readonly record struct ResumePoint(string ConversationId, long AfterSeq, long LastSeq);

/// <summary>A member's read cursor that moved.</summary>
public readonly record struct CursorChange(string ConversationId, string UserId, string UserName, ReadCursor Cursor);

/// <summary>A row of a user's list of conversations.</summary>
public sealed record ConversationSummary
{
    public required ConversationRecord Conversation { get; init; }

    /// <summary>The newest message, system messages included; null when there is none.</summary>
    public StoredMessage? LastMessage { get; init; }

    /// <summary>The user's own cursor.</summary>
    public required long LastReadSeq { get; init; }

    /// <summary>Messages behind the cursor that are not system messages.</summary>
    public required long UnreadCount { get; init; }
}
