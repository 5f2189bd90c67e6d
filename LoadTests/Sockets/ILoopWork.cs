namespace Chat4All.LoadTests.Sockets;

/// <summary>What a thread's event loop is run for.</summary>
internal interface ILoopWork
{
    /// <summary>
    /// Called before each wait. Does what is due at <paramref name="now"/> (a <see cref="System.Diagnostics.Stopwatch"/> timestamp) and
    /// answers the timestamp at which it must be called again at the latest, or null when the work is over.
    /// </summary>
    long? Advance(long now);
}
