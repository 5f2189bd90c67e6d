using Chat4All.Frontend.Auth;
using Chat4All.Frontend.RealTime.Routing;

namespace Chat4All.Frontend.RealTime.Connections;

/// <summary>One client's connection, whatever the transport: who is behind it, what waits to be sent, and when it ends.</summary>
internal abstract class ChatConnection : IFrameSink
{
    /// <summary>What a burst may exceed the limit by: a batch of the largest messages is nothing that a good reader should be closed for.</summary>
    private const int BurstFactor = 16;

    /// <summary>Time that a closed connection has to go by itself.</summary>
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(2);

    private readonly RealTimeMetrics _metrics;
    private readonly SendQueue _queue;
    private volatile Caller _caller;
    private long _frameMinute;
    private int _framesInMinute;
    private volatile bool _closing;
    private byte _slowSweeps;
    private volatile bool _heard = true;
    private byte _closingSweeps;
    private byte _silentHeartbeats;

    protected ChatConnection(Caller caller, RealTimeOptions options, RealTimeMetrics metrics)
    {
        (_caller, Options, _metrics) = (caller, options, metrics);
        _queue = new SendQueue(this, options.MaxQueuedBytes * BurstFactor);
        Stream = new LiveStream(this);
    }

    /// <summary><c>websocket</c> or <c>signalr</c>.</summary>
    public abstract string Transport { get; }

    /// <summary>The limits it lives by.</summary>
    protected RealTimeOptions Options { get; }

    /// <summary>Who it is; its expiry is the connection's.</summary>
    public Caller Caller => _caller;

    /// <summary>Which events it gets; belongs to the switchboard's loop.</summary>
    public LiveStream Stream { get; }

    /// <summary>The user's session while the connection is open; belongs to the switchboard's loop.</summary>
    public UserSession? Session { get; set; }

    /// <summary>When the next heartbeat is due, in UTC ticks; belongs to the sweep.</summary>
    public long NextHeartbeat { get; set; }

    /// <summary>The resumptions asked for, one after the other; belongs to whoever reads the client's frames.</summary>
    public Task Resuming { get; set; } = Task.CompletedTask;

    /// <summary>Whether the connection has been told to end.</summary>
    public bool IsClosing => _closing;

    /// <summary>Sends a frame; a reader that is too slow for it is closed.</summary>
    public void Send(OutgoingFrame frame)
    {
        if (Queue(frame))
        {
            StartWriting();
        }
    }

    /// <summary>As <see cref="Send"/>, but when it answers true somebody must call <see cref="StartWriting"/> soon.</summary>
    public bool Queue(OutgoingFrame frame)
    {
        switch (_queue.Add(frame))
        {
            case SendQueue.Added.StartNeeded:
                return true;
            case SendQueue.Added.Full:
                _metrics.Dropped(1);
                Close(CloseCode.TooSlow);
                return false;
            default:
                return false;
        }
    }

    public void StartWriting() => _queue.Start();

    /// <summary>Whether so much waits that whoever can should wait too.</summary>
    private bool IsBusy => _queue.Bytes > Options.MaxQueuedBytes / 4;

    /// <summary>As <see cref="Send"/>, but not before the client has taken most of what it was sent.</summary>
    public async ValueTask SendPatientlyAsync(OutgoingFrame frame)
    {
        if (IsBusy)
        {
            await WhenDrained();
        }

        Send(frame);
    }

    /// <summary>Completes when all that was sent has been handed to the transport.</summary>
    public Task WhenDrained() => _queue.WhenDrained();

    /// <summary>Ends the connection after what waits has been sent; a slow reader's rest is thrown away. The first call counts.</summary>
    public void Close(CloseCode code)
    {
        var dropped = _queue.AddLast(LastFrame(code), discard: code == CloseCode.TooSlow, out var startNeeded);
        if (dropped > 0)
        {
            _metrics.Dropped(dropped);
        }

        if (!_closing)
        {
            _closing = true;
            _metrics.Closed(code);
        }

        if (startNeeded)
        {
            StartWriting();
        }
    }

    /// <summary>Ends the connection at once.</summary>
    public abstract void Abort();

    public abstract ValueTask WriteAsync(List<OutgoingFrame> frames);

    public abstract void WritingEnded(Exception? fault);

    /// <summary>The client proved its token anew: the connection lives until that one expires.</summary>
    public void Extend(Caller caller) => _caller = caller;

    /// <summary>Notes that the client is alive.</summary>
    public void Heard() => _heard = true;

    /// <summary>Counts a frame of the client; false when it is one too many for this minute.</summary>
    public bool CountFrame(DateTimeOffset now)
    {
        var minute = now.UtcTicks;
        if (minute - _frameMinute >= TimeSpan.TicksPerMinute)
        {
            (_frameMinute, _framesInMinute) = (minute, 0);
        }

        return ++_framesInMinute <= Options.MaxFramesPerMinute;
    }

    /// <summary>Sends a heartbeat unless the last two were not answered by anything; then the client is gone.</summary>
    public virtual void Beat(OutgoingFrame heartbeat)
    {
        if (_heard)
        {
            (_heard, _silentHeartbeats) = (false, 0);
        }
        else if (++_silentHeartbeats >= 2)
        {
            Abort();
            return;
        }

        Send(heartbeat);
    }

    /// <summary>Called with each sweep: a closed connection that does not end is cut, and a reader that stays behind is closed.</summary>
    public void Sweep(TimeSpan interval)
    {
        if (_closing)
        {
            if (++_closingSweeps * interval == CloseTime)
            {
                Abort();
            }
        }
        else if (_queue.Bytes <= Options.MaxQueuedBytes)
        {
            _slowSweeps = 0;
        }
        else if (++_slowSweeps * interval >= TimeSpan.FromSeconds(Options.PatienceSeconds))
        {
            Close(CloseCode.TooSlow);
        }
    }

    /// <summary>What the transport sends last; null when it has no such frame.</summary>
    protected abstract OutgoingFrame? LastFrame(CloseCode code);
}
