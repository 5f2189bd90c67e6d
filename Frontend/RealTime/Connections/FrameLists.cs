using System.Collections.Concurrent;

namespace Chat4All.Frontend.RealTime.Connections;

/// <summary>Lists that connections borrow while they have something to write.</summary>
internal static class FrameLists
{
    private const int MaxKept = 1024;

    /// <summary>A list that once held a burst is not kept.</summary>
    private const int MaxCapacity = 256;

    private static readonly ConcurrentQueue<List<OutgoingFrame>> Kept = new();

    public static List<OutgoingFrame> Rent() => Kept.TryDequeue(out var list) ? list : new List<OutgoingFrame>(4);

    public static void Return(List<OutgoingFrame> list)
    {
        if (list.Capacity <= MaxCapacity && Kept.Count < MaxKept)
        {
            list.Clear();
            Kept.Enqueue(list);
        }
    }
}
