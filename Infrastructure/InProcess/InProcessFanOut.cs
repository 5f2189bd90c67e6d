using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;

namespace Chat4All.Infrastructure.InProcess;

/// <summary>Fan-out within one process: receivers are called on the publisher's thread, so order and latency are the publisher's own.</summary>
internal sealed partial class InProcessFanOut(ILogger<InProcessFanOut> logger) : IFanOut
{
    private readonly Lock _changing = new();
    private Action<LiveEvent>[] _receivers = [];

    public void Publish(LiveEvent liveEvent)
    {
        foreach (var receiver in Volatile.Read(ref _receivers))
        {
            try
            {
                receiver(liveEvent);
            }
            catch (Exception fault)
            {
                // A committed message must never look failed to its sender because a receiver is broken.
                LogReceiverFailed(logger, liveEvent.Type, fault);
            }
        }
    }

    public IDisposable Subscribe(Action<LiveEvent> receiver)
    {
        lock (_changing)
        {
            Volatile.Write(ref _receivers, [.. _receivers, receiver]);
        }

        return new Subscription(this, receiver);
    }

    private void Unsubscribe(Action<LiveEvent> receiver)
    {
        lock (_changing)
        {
            Volatile.Write(ref _receivers, [.. _receivers.Where(other => other != receiver)]);
        }
    }

    [LoggerMessage(3001, LogLevel.Error, "A receiver of live events failed at {EventType}")]
    private static partial void LogReceiverFailed(ILogger logger, string eventType, Exception fault);

    private sealed class Subscription(InProcessFanOut fanOut, Action<LiveEvent> receiver) : IDisposable
    {
        public void Dispose() => fanOut.Unsubscribe(receiver);
    }
}
