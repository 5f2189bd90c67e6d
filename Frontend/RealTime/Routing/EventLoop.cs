using System.Threading.Channels;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.RealTime.Routing;

/// <summary>
/// One line of work: events and everything else that touches sessions and feeds run here one after the other, so that neither needs a lock.
/// It takes a thread only while there is something to do.
/// </summary>
internal sealed partial class EventLoop(ILogger<EventLoop> logger)
{
    /// <summary>Events that may wait. More are dropped: they are hints, and what has a seq heals.</summary>
    public const int MaxWaitingEvents = 100_000;

    /// <summary>After so many items what they sent is written, even when more wait.</summary>
    private const int MaxRound = 256;

    private readonly Channel<object> _work = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });
    private int _waitingEvents;

    /// <summary>Called for each event.</summary>
    public Action<LiveEvent> OnEvent { get; set; } = static _ => { };

    /// <summary>Called when a round of work is done.</summary>
    public Action OnRoundDone { get; set; } = static () => { };

    /// <summary>Hands in an event; false when too many wait.</summary>
    public bool TryPost(LiveEvent liveEvent)
    {
        if (Interlocked.Increment(ref _waitingEvents) > MaxWaitingEvents)
        {
            Interlocked.Decrement(ref _waitingEvents);
            return false;
        }

        _work.Writer.TryWrite(liveEvent);
        return true;
    }

    /// <summary>Runs something in the loop.</summary>
    public void Post(Action work) => _work.Writer.TryWrite(work);

    /// <summary>Runs something in the loop and gives back its result; does nothing once the loop has ended.</summary>
    public Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var accepted = _work.Writer.TryWrite((Action)(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception fault)
            {
                done.SetException(fault);
            }
        }));
        if (!accepted)
        {
            done.SetCanceled();
        }

        return done.Task;
    }

    /// <summary>Takes no more work; <see cref="RunAsync"/> ends behind what waits.</summary>
    public void Complete() => _work.Writer.TryComplete();

    /// <summary>Works until completed.</summary>
    public async Task RunAsync()
    {
        while (await _work.Reader.WaitToReadAsync())
        {
            for (var done = 0; done < MaxRound && _work.Reader.TryRead(out var item); done++)
            {
                Process(item);
            }

            OnRoundDone();
        }
    }

    private void Process(object item)
    {
        try
        {
            if (item is LiveEvent liveEvent)
            {
                Interlocked.Decrement(ref _waitingEvents);
                OnEvent(liveEvent);
            }
            else
            {
                ((Action)item)();
            }
        }
        catch (Exception fault)
        {
            // One broken item must not end everybody's events.
            LogItemFailed(logger, fault);
        }
    }

    [LoggerMessage(3101, LogLevel.Error, "An item of the event loop failed")]
    private static partial void LogItemFailed(ILogger logger, Exception fault);
}
