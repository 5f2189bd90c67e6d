namespace Chat4All.Infrastructure.EmbeddedLog;

/// <summary>How far the groups are, as the tables know it, whoever works for them. Throws <see cref="Grains.Ports.StoreUnavailableException"/>.</summary>
internal interface IGroupProgress
{
    /// <summary>Every group's place in each of its topics.</summary>
    Task<IReadOnlyList<GroupPlace>> ReadPlacesAsync(CancellationToken cancellationToken);

    /// <summary>How many records behind an offset a group has not committed.</summary>
    Task<long> CountUncommittedAsync(string topic, string group, long after, CancellationToken cancellationToken);
}

/// <summary>A group's place in a topic. A partition that is behind the oldest record counts as just before that, or as at the head where there is no record.</summary>
/// <param name="Least">The lowest offset that one of its partitions has committed.</param>
/// <param name="Average">Of what all of its partitions have committed.</param>
internal readonly record struct GroupPlace(string Topic, string Group, long Least, double Average);
