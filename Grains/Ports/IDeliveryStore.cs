using Chat4All.Grains.Abstractions;

namespace Chat4All.Grains.Ports;

/// <summary>
/// Deliveries and the status of messages that follows from them. Throws <see cref="StoreUnavailableException"/> when nothing was written, and
/// <see cref="CommitOutcomeUnknownException"/> when that is not known; both calls that write may then be made again.
/// </summary>
public interface IDeliveryStore
{
    /// <summary>Makes deliveries, as accepted; those that are there already stay as they are. Any number, of any conversations.</summary>
    Task InsertAsync(IReadOnlyCollection<NewDelivery> deliveries, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Writes updates in ONE transaction: the deliveries by <see cref="Conversations.DeliveryRules"/>, the status of their messages, and an outbox row for each message whose status changed.
    /// Each delivery at most once in a call; unknown ones are ignored. Answers what changed, by message id.
    /// </summary>
    Task<DeliveryChanges> RecordAsync(IReadOnlyList<DeliveryUpdate> updates, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The delivery, or null.</summary>
    Task<DeliveryRecord?> FindAsync(string messageId, string recipient, string channel, CancellationToken cancellationToken);

    /// <summary>The deliveries that the platform knows by these ids; unknown ids are left out.</summary>
    Task<IReadOnlyList<ExternalDelivery>> FindByExternalIdsAsync(string channel, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken);

    /// <summary>
    /// The platform's ids of what was sent to the recipient on the channel at or before the moment, and has not come as far as <paramref name="below"/>; oldest first. For
    /// platforms that confirm everything up to a time: Messenger and Instagram.
    /// </summary>
    Task<IReadOnlyList<string>> ListUnconfirmedAsync(
        string channel, string recipient, MessageStatus below, DateTimeOffset upTo, int limit, CancellationToken cancellationToken);

    /// <summary>Those of the ids that there is a message of. Any number.</summary>
    Task<IReadOnlySet<string>> FindMessagesAsync(IReadOnlyCollection<string> messageIds, CancellationToken cancellationToken);

    /// <summary>The members of the given conversations now, by conversation id.</summary>
    Task<ILookup<string, string>> ListMembersAsync(IReadOnlyCollection<string> conversationIds, CancellationToken cancellationToken);
}

/// <summary>A delivery to make.</summary>
public readonly record struct NewDelivery(string MessageId, string Recipient, string Channel);

/// <summary>A delivery as its platform names it.</summary>
public sealed record ExternalDelivery(string ExternalId, string ConversationId, string MessageId, string Recipient);

/// <summary>What an update changed.</summary>
public sealed record DeliveryChanges(IReadOnlyList<DeliveryChange> Deliveries, IReadOnlyList<StatusChange> Messages)
{
    public static DeliveryChanges None { get; } = new([], []);
}

/// <summary>A delivery whose status changed.</summary>
/// <param name="MessageStatus">The message's status afterwards.</param>
/// <param name="IsOnly">Whether the message has no other delivery, so that its status is this one's.</param>
public sealed record DeliveryChange(
    string ConversationId,
    MessageKey Message,
    string Recipient,
    string Channel,
    MessageStatus From,
    MessageStatus To,
    MessageStatus MessageStatus,
    bool IsOnly,
    DateTimeOffset At);

/// <summary>A message whose status changed, with the outbox row that tells of it. The row's seq is the message's own.</summary>
public sealed record StatusChange(string ConversationId, MessageKey Message, MessageStatus From, MessageStatus To, DateTimeOffset At, OutboxRow Outbox);
