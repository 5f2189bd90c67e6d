namespace Chat4All.Infrastructure.Stores;

/// <summary>
/// Which messages become read by everybody when one member's cursor moves. A message counts when every member but its sender has read it, so what
/// decides beside the mover is the slowest of the other members, or, for the slowest one's own messages, the second slowest.
/// </summary>
/// <param name="Slowest">The member with the lowest cursor among the others; null when there is none.</param>
/// <param name="SlowestSeq">That cursor; <see cref="long.MaxValue"/> when there is none.</param>
/// <param name="NextSeq">The lowest cursor of the rest; <see cref="long.MaxValue"/> when there is none.</param>
internal readonly record struct ReadersOfMessage(string? Slowest, long SlowestSeq, long NextSeq)
{
    /// <summary>How many newly read messages one receipt tells of.</summary>
    public const int Limit = 1000;

    /// <summary>From the cursors of all members but the one that moves, lowest first.</summary>
    public static ReadersOfMessage FromAscending(IReadOnlyList<(string UserId, long LastReadSeq)> others) => others.Count switch
    {
        0 => new ReadersOfMessage(null, long.MaxValue, long.MaxValue),
        1 => new ReadersOfMessage(others[0].UserId, others[0].LastReadSeq, long.MaxValue),
        _ => new ReadersOfMessage(others[0].UserId, others[0].LastReadSeq, others[1].LastReadSeq),
    };
}
