using Chat4All.Grains.Outbox;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;

namespace Chat4All.Grains.Conversations;

/// <summary>How conversation grains publish their outbox; one for the process.</summary>
internal sealed class ConversationPublishing(
    IOutboxStore store, IEventLog eventLog, OutboxMarker marker, OutboxBacklog backlog, IOptions<OutboxOptions> options, TimeProvider time, ILogger<OutboxPublisher> log)
{
    private readonly OutboxInLog? _included = eventLog.IncludesOutbox ? new OutboxInLog() : null;

    /// <summary>Throws <c>overloaded</c> when so much waits to be published that nothing more may be accepted.</summary>
    public void EnsureRoom() => backlog.EnsureRoom();

    public ICommittedOutbox Open(string conversationId, IGrainBase grain) =>
        _included ?? (ICommittedOutbox)new PublishingLoop(new OutboxPublisher(conversationId, store, eventLog, marker, backlog, options.Value, time, log), grain);
}
