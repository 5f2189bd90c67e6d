namespace Chat4All.Grains;

/// <summary>Time as both stores keep it, in whole microseconds, so that what was written equals what is read later.</summary>
public static class StoreClock
{
    public static DateTimeOffset GetStoreNow(this TimeProvider time) => time.GetUtcNow().InMicroseconds();

    /// <summary>The moment without what a store would cut off.</summary>
    public static DateTimeOffset InMicroseconds(this DateTimeOffset moment) => moment.AddTicks(-(moment.Ticks % TimeSpan.TicksPerMicrosecond));
}
