using Chat4All.Grains.Ports;

namespace Chat4All.Tests.RealTime;

/// <summary>A fan-out that does to events what networks do: loses them, swaps them, repeats them.</summary>
internal sealed class UnreliableFanOut : IFanOut
{
    private readonly Lock _gate = new();
    private Action<LiveEvent> _receivers = static _ => { };

    /// <summary>What becomes of an event: handed on as it is unless set. Called by one thread at a time.</summary>
    public Func<LiveEvent, IEnumerable<LiveEvent>> Fate { get; set; } = static liveEvent => [liveEvent];

    public void Publish(LiveEvent liveEvent)
    {
        lock (_gate)
        {
            foreach (var survivor in Fate(liveEvent))
            {
                _receivers(survivor);
            }
        }
    }

    public IDisposable Subscribe(Action<LiveEvent> receiver)
    {
        lock (_gate)
        {
            _receivers += receiver;
        }

        return new Subscription(this, receiver);
    }

    private sealed class Subscription(UnreliableFanOut fanOut, Action<LiveEvent> receiver) : IDisposable
    {
        public void Dispose()
        {
            lock (fanOut._gate)
            {
                fanOut._receivers = (Action<LiveEvent>)Delegate.Remove(fanOut._receivers, receiver)!;
            }
        }
    }
}
