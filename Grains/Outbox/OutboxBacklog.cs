using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Options;

namespace Chat4All.Grains.Outbox;

/// <summary>
/// How much waits: for an event log that is not the store itself, counted by the sweeper and moved on by what this process commits and publishes in between; where it is, for the log's
/// slowest reader, as the sweeper saw it last.
/// </summary>
internal sealed class OutboxBacklog(IEventLog eventLog, IOptions<OutboxOptions> options, TimeProvider time)
{
    private long _waiting;
    private long _lastTaken;

    /// <summary>Rows that are not published, about; none where the log is the store itself.</summary>
    public long Rows => eventLog.IncludesOutbox ? 0 : Math.Max(0, Volatile.Read(ref _waiting));

    /// <summary>Throws <c>overloaded</c> when so much waits that no more may be accepted.</summary>
    public void EnsureRoom()
    {
        if (Volatile.Read(ref _waiting) >= options.Value.MaxUnpublished)
        {
            throw ChatException.Unavailable(ErrorCodes.Overloaded, $"Too many events wait for {(eventLog.IncludesOutbox ? "their workers" : "the event log, which does not take them")}.");
        }
    }

    /// <summary>Takes note of how many rows wait for the log, or for its slowest reader.</summary>
    public void Counted(long rows) => Volatile.Write(ref _waiting, rows);

    public void Committed() => Interlocked.Increment(ref _waiting);

    public void Published(int rows) => Interlocked.Add(ref _waiting, -rows);

    /// <summary>Takes note that the log takes events.</summary>
    public void LogTook() => Volatile.Write(ref _lastTaken, time.GetTimestamp());

    /// <summary>Whether the log took something after a moment, given as a timestamp of the clock.</summary>
    public bool LogTookSince(long moment) => Volatile.Read(ref _lastTaken) > moment;
}
