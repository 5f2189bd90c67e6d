using System.Diagnostics;
using Chat4All.LoadTests.Sockets;

namespace Chat4All.LoadTests.Load;

/// <summary>Nothing, for a while: the loop goes on answering pings.</summary>
internal sealed class Dwell(TimeSpan length) : ILoopWork
{
    private readonly long _until = Stopwatch.GetTimestamp() + (long)(length.TotalSeconds * Stopwatch.Frequency);

    public long? Advance(long now) => now < _until ? _until : null;
}
