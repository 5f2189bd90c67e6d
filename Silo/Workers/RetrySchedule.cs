using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Silo.Workers;

/// <summary>How long to wait before the next attempt. Each wait has up to a quarter of jitter on top, so that what failed together does not come back together.</summary>
internal static class RetrySchedule
{
    /// <summary>Retries of a record that fails: after 1 s, 2 s and 4 s.</summary>
    public const int MaxRetries = 3;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>The wait after so many failures in a row: 1 s, 2 s, 4 s … 30 s.</summary>
    public static TimeSpan After(int failures) =>
        TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Clamp(failures - 1, 0, 10))) * (1 + (Random.Shared.NextDouble() / 4));

    /// <summary>Whether nothing is wrong with the record: the store, or a grain that needs it, is not available.</summary>
    public static bool IsOutage(Exception failure) =>
        failure is StoreUnavailableException or ObjectStoreUnavailableException or ObjectStoreFullException or CommitOutcomeUnknownException or ChatException { Error.Kind: ChatErrorKind.Unavailable };
}
