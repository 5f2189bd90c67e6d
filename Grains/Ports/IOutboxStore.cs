namespace Chat4All.Grains.Ports;

/// <summary>The outbox rows behind a conversation's publisher. Throws <see cref="StoreUnavailableException"/>.</summary>
public interface IOutboxStore
{
    /// <summary>The first unpublished rows of a conversation, by seq, and those of one seq by time and id: what became of a message has the message's seq.</summary>
    Task<IReadOnlyList<OutboxEvent>> LoadUnpublishedAsync(string conversationId, int limit, CancellationToken cancellationToken);

    /// <summary>Marks rows published, in one set; unknown ids are ignored. Any order, up to 10,000.</summary>
    Task MarkPublishedAsync(IReadOnlyList<OutboxEvent> events, DateTimeOffset publishedAt, CancellationToken cancellationToken);

    /// <summary>Counts a failed attempt: <c>version</c> plus one, <c>error_message</c> set.</summary>
    Task RecordFailureAsync(IReadOnlyList<OutboxEvent> events, string error, CancellationToken cancellationToken);

    /// <summary>Conversations with an unpublished row older than <paramref name="createdBefore"/>, by id, from behind <paramref name="after"/> on. Its cost grows with conversations, not rows.</summary>
    Task<IReadOnlyList<string>> ListStaleConversationsAsync(DateTimeOffset createdBefore, string after, int limit, CancellationToken cancellationToken);

    /// <summary>How many rows are not published.</summary>
    Task<long> CountUnpublishedAsync(CancellationToken cancellationToken);

    /// <summary>Deletes up to <paramref name="limit"/> rows published before <paramref name="publishedBefore"/>; answers how many.</summary>
    Task<int> DeletePublishedAsync(DateTimeOffset publishedBefore, int limit, CancellationToken cancellationToken);
}

/// <summary>A row of <c>outbox_events</c> on its way to the event log.</summary>
public sealed record OutboxEvent
{
    /// <summary>Stands behind the message's id in <see cref="AggregateId"/>, and before something unique, where an event of this kind was told before. No id may hold it.</summary>
    public const char RepeatMark = '#';

    public required Guid Id { get; init; }

    public required string ConversationId { get; init; }

    public required long Seq { get; init; }

    public required string AggregateId { get; init; }

    public required string EventType { get; init; }

    /// <summary>The event's data as UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public string? TraceParent { get; init; }

    /// <summary>The message that a row is about; null for rows about the conversation.</summary>
    public static string? MessageIdOf(string aggregateId, string eventType) =>
        !eventType.StartsWith("message.", StringComparison.Ordinal) ? null
        : aggregateId.IndexOf(RepeatMark, StringComparison.Ordinal) is var mark and >= 0 ? aggregateId[..mark] : aggregateId;

    /// <summary>The event as the log takes it.</summary>
    public LogEvent ToLogEvent() => new()
    {
        Id = Id.ToString(),
        Type = EventType,
        Key = ConversationId,
        MessageId = MessageIdOf(AggregateId, EventType),
        Time = CreatedAt,
        Data = Payload,
        TraceParent = TraceParent,
    };
}
