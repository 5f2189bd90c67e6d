namespace Chat4All.Grains.Ports;

/// <summary>Events that workers gave up on, until somebody replays or deletes them. Throws <see cref="StoreUnavailableException"/>.</summary>
public interface IDeadLetterStore
{
    /// <summary>Stores a dead letter. One of the same group and event is replaced, keeps its id and waits to be replayed again.</summary>
    Task AddAsync(DeadLetter letter, CancellationToken cancellationToken);

    /// <summary>Those that were not replayed, newest first, behind <paramref name="before"/>; <paramref name="limit"/> is 1 to 100.</summary>
    Task<IReadOnlyList<DeadLetter>> ListAsync(DeadLetterPosition? before, int offset, int limit, CancellationToken cancellationToken);

    /// <summary>The dead letter, replayed or not; null when there is none.</summary>
    Task<DeadLetter?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>
    /// Notes that the event is back on its topic; the first time counts. With an entry in the audit log, also where the event was given up again since the letter was read: then it
    /// goes on waiting.
    /// </summary>
    Task MarkReplayedAsync(DeadLetter letter, AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>Deletes dead letters that were replayed before the moment and entries of the audit log from before it; at most <paramref name="limit"/> of each. Answers how many.</summary>
    Task<int> PurgeAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes it, with an entry in the audit log. False when there was none.</summary>
    Task<bool> DeleteAsync(string id, AuditEntry entry, CancellationToken cancellationToken);
}

/// <summary>A place in the list of dead letters.</summary>
public readonly record struct DeadLetterPosition(DateTimeOffset CreatedAt, string Id);

/// <summary>An event that a worker gave up on.</summary>
public sealed record DeadLetter
{
    public required string Id { get; init; }

    /// <summary>Where the event was read, and where a replay puts it.</summary>
    public required string Topic { get; init; }

    /// <summary>The consumer group that gave up.</summary>
    public required string Group { get; init; }

    public required string EventId { get; init; }

    public required string EventType { get; init; }

    /// <summary>The event's key in its topic.</summary>
    public required string Key { get; init; }

    public string? MessageId { get; init; }

    public string? Recipient { get; init; }

    public string? Channel { get; init; }

    public required string Reason { get; init; }

    public required int Attempts { get; init; }

    /// <summary>The CloudEvents envelope as JSON.</summary>
    public required string Event { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was put back on its topic; null while it waits.</summary>
    public DateTimeOffset? ReplayedAt { get; init; }
}

/// <summary>A row of <c>audit_log</c>: who did what to what.</summary>
/// <param name="Actor">User id.</param>
/// <param name="Action"><c>dead_letter.replayed</c>, <c>dead_letter.deleted</c>, ….</param>
/// <param name="Subject">Id of what it was done to.</param>
/// <param name="Detail">One line; never an address, token or text.</param>
public sealed record AuditEntry(string Id, string Actor, string Action, string Subject, string? Detail, DateTimeOffset At);
