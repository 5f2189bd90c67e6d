using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Deliveries;

/// <summary>A connector that answers the same until it is told otherwise.</summary>
internal sealed class SwitchedConnector(Channels channel) : IChannelConnector
{
    private volatile SendResult? _result;
    private int _attempts;

    public Channels Channel => channel;

    public bool TakesUserIds => true;

    /// <summary>What every attempt is answered; null: it is sent.</summary>
    public SendResult? Result
    {
        get => _result;
        set => _result = value;
    }

    public int Attempts => Volatile.Read(ref _attempts);

    public Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        return Task.FromResult(_result ?? new SendResult(AttemptOutcome.Sent, $"ext:{message.DeliveryId}"));
    }
}
