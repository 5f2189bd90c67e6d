namespace Chat4All.Infrastructure.EmbeddedLog;

/// <summary>A row of <c>consumer_offsets</c>. A partition below 0 stands for a member and not for a partition.</summary>
/// <param name="IsLive">Whether its owner has kept it.</param>
internal readonly record struct LeaseRow(short Partition, long Committed, string? Owner, bool IsLive);

/// <summary>Who of a group gets which partitions: as many for each as fairness wants, and nobody loses one that it still works on.</summary>
internal sealed class LeasePlan
{
    private LeasePlan(short presence, short[] owned, short[] excess) => (Presence, Owned, Excess) = (presence, owned, excess);

    /// <summary>The row that says that the member lives.</summary>
    public short Presence { get; }

    /// <summary>Partitions to keep or to take.</summary>
    public IReadOnlyList<short> Owned { get; }

    /// <summary>Those of them to give back when they are done.</summary>
    public IReadOnlyList<short> Excess { get; }

    /// <summary>The plan of one member.</summary>
    /// <param name="rows">The group's rows, locked.</param>
    /// <param name="owner">The member.</param>
    /// <param name="released">What it gives back now.</param>
    public static LeasePlan Of(IReadOnlyList<LeaseRow> rows, string owner, IReadOnlyCollection<short> released)
    {
        var partitions = rows.Where(static row => row.Partition >= 0).OrderBy(static row => row.Partition).ToArray();
        string[] members =
            [.. rows.Where(row => row.Owner is not null && (row.IsLive || row.Owner == owner)).Select(static row => row.Owner!).Append(owner).Distinct().Order(StringComparer.Ordinal)];
        var share = (partitions.Length / members.Length) + (Array.IndexOf(members, owner) < partitions.Length % members.Length ? 1 : 0);

        var kept = partitions.Where(row => row.Owner == owner && !released.Contains(row.Partition)).Select(static row => row.Partition);
        var free = partitions.Where(row => row.Owner != owner && (row.Owner is null || !row.IsLive)).Select(static row => row.Partition);
        var owned = kept.ToList();
        owned.AddRange(free.Take(Math.Max(0, share - owned.Count)));
        return new LeasePlan(PresenceOf(rows, owner), [.. owned.Order()], [.. owned.Order().Skip(share)]);
    }

    private static short PresenceOf(IReadOnlyList<LeaseRow> rows, string owner)
    {
        var presences = rows.Where(static row => row.Partition < 0).ToArray();
        foreach (var row in presences)
        {
            if (row.Owner == owner)
            {
                return row.Partition;
            }
        }

        foreach (var row in presences)
        {
            if (!row.IsLive)
            {
                return row.Partition;
            }
        }

        return (short)(presences.Select(static row => row.Partition).Append((short)0).Min() - 1);
    }
}
