using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.EmbeddedLog;

/// <summary>
/// The log's tables in one kind of database. <c>message_processing</c> is read from <c>outbox_events</c>, every other topic from <c>event_log</c>. Offsets follow the order of commits.
/// Throws <see cref="StoreUnavailableException"/>, and <see cref="CommitOutcomeUnknownException"/> from what writes.
/// </summary>
internal interface ILogTables
{
    /// <summary>Whether other processes may work on the same tables.</summary>
    bool IsShared { get; }

    /// <summary>Records behind an offset in some partitions, by offset.</summary>
    Task<IReadOnlyList<LogRecord>> ReadAsync(string topic, long after, short[] partitions, int limit, CancellationToken cancellationToken);

    /// <summary>Appends in one transaction, each topic's events in their order.</summary>
    Task AppendAsync(IReadOnlyList<TopicEvents> appends, CancellationToken cancellationToken);

    /// <summary>The last offset of each topic that has one.</summary>
    Task<IReadOnlyDictionary<string, long>> ReadHeadsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Keeps a member's place in its group, gives back what it releases, and takes free partitions up to its fair share. Registers a group that is not there, at the oldest event.
    /// </summary>
    Task<GroupShare> ShareAsync(GroupMember member, int partitions, short[] released, CancellationToken cancellationToken);

    /// <summary>Notes what is done in partitions that the member still has.</summary>
    Task CommitAsync(GroupMember member, IReadOnlyList<LogPosition> done, CancellationToken cancellationToken);

    /// <summary>Gives back everything that the member has.</summary>
    Task LeaveAsync(GroupMember member, CancellationToken cancellationToken);

    /// <summary>Deletes events of <c>event_log</c> that every group has committed and that are older than a moment or at most <paramref name="upTo"/>; at most <paramref name="limit"/> of the oldest. Answers how many.</summary>
    Task<int> DeleteAsync(string topic, DateTimeOffset before, long upTo, int limit, CancellationToken cancellationToken);

    /// <summary>What <c>event_log</c> has of a topic.</summary>
    Task<TopicExtent> ReadExtentAsync(string topic, CancellationToken cancellationToken);

    /// <summary>Gives unpublished rows that another log left behind a place in this one, by conversation, seq and time; answers how many. At most <paramref name="limit"/>.</summary>
    Task<int> AdoptAsync(DateTimeOffset publishedAt, int limit, CancellationToken cancellationToken);

    /// <summary>Takes outbox rows out of this log that some group has not committed, for another log: they wait unpublished again. Answers how many; at most <paramref name="limit"/>.</summary>
    Task<int> ReleaseAsync(int limit, CancellationToken cancellationToken);

    /// <summary>The offset up to which every group has committed, by partition; empty where a topic has no group.</summary>
    Task<IReadOnlyDictionary<int, long>> ReadCommittedAsync(string topic, CancellationToken cancellationToken);

    /// <summary>Notes for every group of a topic that everything up to an offset is done.</summary>
    Task FinishAsync(string topic, long upTo, CancellationToken cancellationToken);
}

/// <summary>Events on their way into one topic, with their envelopes and partitions.</summary>
internal sealed record TopicEvents(string Topic, IReadOnlyList<PlacedEvent> Events, DateTimeOffset At);

/// <summary>An event with its partition and its envelope as JSON text.</summary>
internal readonly record struct PlacedEvent(LogEvent Event, short Partition, string Envelope);

/// <summary>A member of a group. The owner is the same for as long as the member lives, and nobody else's.</summary>
internal sealed record GroupMember(string Group, string Topic, string Owner);

/// <summary>What a member has: its partitions with the offsets committed, and those of them that it should give back when they are done because others have too few.</summary>
internal sealed record GroupShare(IReadOnlyList<(short Partition, long Committed)> Owned, IReadOnlyList<short> Excess);
