using System.Collections.Concurrent;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Silo.Deliveries;

/// <summary>A connector that answers what a test wrote down, and takes everything when that is used up.</summary>
internal sealed class ScriptedConnector(Channels channel, bool takesUserIds = true) : IChannelConnector
{
    private readonly ConcurrentQueue<SendResult> _script = new();
    private readonly ConcurrentQueue<OutgoingMessage> _sent = new();

    public Channels Channel => channel;

    public bool TakesUserIds => takesUserIds;

    /// <summary>Every attempt.</summary>
    public IReadOnlyList<OutgoingMessage> Attempts => [.. _sent];

    /// <summary>Answers these first.</summary>
    public ScriptedConnector Answers(params SendResult[] results)
    {
        foreach (var result in results)
        {
            _script.Enqueue(result);
        }

        return this;
    }

    public Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        _sent.Enqueue(message);
        return Task.FromResult(_script.TryDequeue(out var result) ? result : new SendResult(AttemptOutcome.Sent, $"ext-{_sent.Count}"));
    }
}
