namespace Chat4All.Grains.Ports;

/// <summary>API users' webhooks, and the calls that are still to be made. Throws <see cref="StoreUnavailableException"/>.</summary>
/// <remarks>
/// A webhook's calls are made in the order of their ids. One that failed holds the later ones back, until it has failed <see cref="HoldingAttempts"/> times: from
/// then on it is retried beside them.
/// </remarks>
public interface IWebhookStore
{
    /// <summary>How often a call is tried before later ones may overtake it.</summary>
    const int HoldingAttempts = 8;

    /// <summary>Inserts a webhook; false when its owner has <paramref name="most"/> already.</summary>
    Task<bool> CreateAsync(Webhook webhook, int most, CancellationToken cancellationToken);

    /// <summary>The user's webhook, or null.</summary>
    Task<Webhook?> FindAsync(string userId, string webhookId, CancellationToken cancellationToken);

    /// <summary>The user's webhooks behind <paramref name="afterWebhookId"/> by id; <paramref name="limit"/> is 1 to 100.</summary>
    Task<IReadOnlyList<Webhook>> ListAsync(string userId, string? afterWebhookId, int offset, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes the user's webhook with its calls. False when there is none.</summary>
    Task<bool> DeleteAsync(string userId, string webhookId, CancellationToken cancellationToken);

    /// <summary>Whether anybody has a webhook.</summary>
    Task<bool> AnyAsync(CancellationToken cancellationToken);

    /// <summary>The webhooks of those who are members of the conversations now and may use the API, one row a webhook and conversation.</summary>
    Task<IReadOnlyList<WebhookSubscription>> ListSubscriptionsAsync(IReadOnlyCollection<string> conversationIds, CancellationToken cancellationToken);

    /// <summary>Inserts calls, in one transaction. Those of a webhook and event that wait already, and those whose webhook is gone, are left out.</summary>
    Task AddCallsAsync(IReadOnlyList<WebhookCall> calls, CancellationToken cancellationToken);

    /// <summary>Webhooks that a call can be made of now, by id; at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<DueWebhook>> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the webhook's next call, counts the attempt, and keeps the call from everybody else until <paramref name="leasedUntil"/>; null when none can be made now.
    /// Calls whose owner may not use the API any more are deleted instead.
    /// </summary>
    Task<ClaimedCall?> ClaimAsync(string webhookId, DateTimeOffset now, DateTimeOffset leasedUntil, CancellationToken cancellationToken);

    /// <summary>Deletes a call that was answered or given up.</summary>
    Task FinishAsync(string callId, CancellationToken cancellationToken);

    /// <summary>Puts a call that failed off.</summary>
    Task PostponeAsync(string callId, DateTimeOffset nextAttemptAt, CancellationToken cancellationToken);

    /// <summary>How many calls are still to be made.</summary>
    Task<long> CountCallsAsync(CancellationToken cancellationToken);
}

/// <summary>A webhook as stored.</summary>
public sealed record Webhook
{
    public required string WebhookId { get; init; }

    /// <summary>Whose it is; it hears of this user's conversations alone.</summary>
    public required string UserId { get; init; }

    public required string Url { get; init; }

    /// <summary>Types of events, or <c>*</c> for all, separated by commas.</summary>
    public required string Events { get; init; }

    /// <summary>The key of its signatures; stored as it is, because the hub must sign with it.</summary>
    public required string Secret { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A webhook whose owner is a member of the conversation.</summary>
public sealed record WebhookSubscription(string ConversationId, string WebhookId, string Events, DateTimeOffset CreatedAt);

/// <summary>A call to be made.</summary>
/// <param name="CallId">Ids order a webhook's calls.</param>
/// <param name="Body">What is posted: JSON text.</param>
public sealed record WebhookCall(string CallId, string WebhookId, string EventId, string EventType, string Body, DateTimeOffset CreatedAt);

/// <summary>A webhook with a call that is due.</summary>
/// <param name="IsFailing">Whether that call failed before.</param>
public readonly record struct DueWebhook(string WebhookId, bool IsFailing);

/// <summary>A call that this process makes now.</summary>
/// <param name="Attempts">This attempt included.</param>
public sealed record ClaimedCall(WebhookCall Call, string Url, string Secret, int Attempts);
