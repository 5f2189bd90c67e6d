using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Operations;

/// <summary>The event log, whichever it is.</summary>
internal sealed class EventLogCheck(IEventLog eventLog) : IDependencyCheck
{
    public string Name => "event_log";

    /// <summary>Messages are accepted while a log of its own is away: they wait in the outbox.</summary>
    public bool IsVital => eventLog.IncludesOutbox;

    public Task CheckAsync(CancellationToken cancellationToken) => eventLog.PingAsync(cancellationToken);
}
