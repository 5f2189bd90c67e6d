using Orleans;
using Orleans.Concurrency;

namespace Chat4All.Grains.Abstractions;

/// <summary>Owns one conversation: its order, its members and the publishing of its events. The key is the conversation id.</summary>
/// <remarks>Every call that names a caller throws <see cref="ChatException"/>: <c>conversation_not_found</c>, or <c>not_a_member</c> when the caller is none.</remarks>
[Alias("chat4all.IConversationGrain")]
public interface IConversationGrain : IGrainWithStringKey
{
    /// <summary>Accepts one message. Completes when it is durable; from the moment the journal holds it, cancellation no longer withdraws it.</summary>
    [AlwaysInterleave, Alias("Send")]
    ValueTask<SendReceipt> Send(SendMessage message, CancellationToken cancellationToken);

    /// <summary>Accepts messages in this order; one that is refused fails alone. Up to 500.</summary>
    [AlwaysInterleave, Alias("SendMany")]
    ValueTask<SendOutcome[]> SendMany(SendMessage[] messages, CancellationToken cancellationToken);

    /// <summary>Makes the conversation, or answers the existing one of the same private pair.</summary>
    [Alias("Create")]
    Task<CreatedConversation> Create(CreateConversation command, CancellationToken cancellationToken);

    /// <summary>The conversation, for one of its members.</summary>
    [AlwaysInterleave, Alias("Get")]
    ValueTask<ConversationView> Get(string callerId, CancellationToken cancellationToken);

    /// <summary>Merges a JSON object into the metadata (RFC 7396); owners only.</summary>
    [Alias("PatchMetadata")]
    Task<ConversationView> PatchMetadata(string callerId, string patch, CancellationToken cancellationToken);

    /// <summary>Adds members; groups and owners only. The join is a system message.</summary>
    [Alias("AddMembers")]
    Task<ConversationView> AddMembers(string callerId, string[] userIds, CancellationToken cancellationToken);

    /// <summary>Removes a member; groups only, by an owner or by the member itself. The leave is a system message.</summary>
    [Alias("RemoveMember")]
    Task RemoveMember(string callerId, string userId, CancellationToken cancellationToken);

    /// <summary>Moves the caller's read cursor forward, to the head when <paramref name="upToSeq"/> is null; never back.</summary>
    [AlwaysInterleave, Alias("MarkRead")]
    ValueTask<ReadCursor> MarkRead(string callerId, string callerName, long? upToSeq, CancellationToken cancellationToken);

    /// <summary>Takes what became of deliveries of this conversation's messages, and tells the members. What is known already changes nothing.</summary>
    [AlwaysInterleave, Alias("RecordDeliveries")]
    ValueTask RecordDeliveries(DeliveryUpdate[] updates, CancellationToken cancellationToken);

    /// <summary>Tells the other members that the caller is typing; never stored.</summary>
    [AlwaysInterleave, Alias("Typing")]
    ValueTask Typing(string callerId, string callerName, CancellationToken cancellationToken);

    /// <summary>Tells the members' sockets of something that is stored already, and publishes its outbox row.</summary>
    /// <param name="data">The event's <c>data</c> as UTF-8 JSON.</param>
    [AlwaysInterleave, Alias("Announce")]
    ValueTask Announce(string eventType, byte[] data, CancellationToken cancellationToken);

    /// <summary>Activates the grain, which then publishes what a dead process left unpublished.</summary>
    [AlwaysInterleave, OneWay, Alias("Wake")]
    ValueTask Wake();
}
