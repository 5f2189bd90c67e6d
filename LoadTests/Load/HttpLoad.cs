using System.Diagnostics;
using System.Globalization;
using System.Net;
using Chat4All.LoadTests.Http;
using Chat4All.LoadTests.Sockets;

namespace Chat4All.LoadTests.Load;

/// <summary>Counts messages in an answer with a 2xx status; most answers stand for one.</summary>
internal delegate long AcceptedIn(in HttpResponse response, ReadOnlySpan<byte> received);

/// <summary>What closed and open loops share: connections that are reopened when the server closes them, and honest counting.</summary>
internal abstract class HttpLoad : ILoopWork, IResponseSink, IDisposable
{
    /// <summary>How long answers may be late after the window before they count as lost.</summary>
    private static readonly long Grace = 10 * Stopwatch.Frequency;

    private static readonly long Pause = Stopwatch.Frequency / 100;

    private readonly EndPoint _address;
    private readonly long _messagesPerRequest;
    private readonly AcceptedIn? _acceptedIn;
    private readonly List<HttpConnection> _connections = [];
    private long _endsAt;
    private int _waiting;

    /// <param name="address">Of the server.</param>
    /// <param name="connections">How many to keep open.</param>
    /// <param name="messagesPerRequest">How many messages' outcome is unknown when an answer doesn't come.</param>
    /// <param name="acceptedIn">Null: each 2xx answer is one.</param>
    protected HttpLoad(EndPoint address, int connections, long messagesPerRequest = 1, AcceptedIn? acceptedIn = null)
    {
        _address = address;
        _messagesPerRequest = messagesPerRequest;
        _acceptedIn = acceptedIn;
        for (var i = 0; i < connections; i++)
        {
            _connections.Add(new HttpConnection(Loop, address, this));
        }
    }

    /// <summary>Other connections may share the loop: what they receive is timed by the same thread.</summary>
    public EventLoop Loop { get; } = new();

    protected LoadRun Current { get; private set; } = new();

    protected bool IsSending { get; private set; }

    protected IReadOnlyList<HttpConnection> Connections => _connections;

    /// <summary>Runs on the calling thread for <paramref name="window"/> and until the last answers are in.</summary>
    /// <exception cref="IOException">The server can't be reached any more.</exception>
    public LoadRun Run(TimeSpan window, CpuMeter cpu, CancellationToken cancellationToken)
    {
        Current = new LoadRun { Window = window };
        var start = Stopwatch.GetTimestamp();
        _endsAt = start + (long)(window.TotalSeconds * Stopwatch.Frequency);
        IsSending = true;
        cpu.Start();
        OnStart(start);
        Loop.Run(this, cancellationToken);
        Current.Cpu = cpu.Stop();
        return Current;
    }

    public long? Advance(long now)
    {
        if (now < _endsAt)
        {
            return Math.Min(_endsAt, SendDue(now));
        }

        IsSending = false;
        if (_waiting > 0 && now >= _endsAt + Grace)
        {
            GiveUp();
        }

        return _waiting == 0 && IsSettled(now) ? null : NextLook(now);
    }

    public void OnResponse(HttpConnection connection, in HttpResponse response, ReadOnlySpan<byte> received, long now)
    {
        _waiting--;
        Current.Count(StatusText(response.Status));
        if (response.Status is >= 200 and < 300)
        {
            var accepted = _acceptedIn?.Invoke(in response, received) ?? 1;
            Current.AcceptedInAll += accepted;
            if (now < _endsAt)
            {
                OnAccepted(accepted);
            }

            Current.Latency.RecordBetween(connection.StartedAt, now);
            OnAnswered(connection, now);
        }

        if (!response.IsLast)
        {
            OnFree(connection, now);
        }
    }

    public void OnClosed(HttpConnection connection, string reason, bool wasWaiting)
    {
        if (wasWaiting)
        {
            _waiting--;
            Current.Unknown += _messagesPerRequest;
            Current.Count("no answer: " + reason);
        }

        if (!IsSending)
        {
            return;
        }

        try
        {
            var fresh = new HttpConnection(Loop, _address, this);
            _connections[_connections.IndexOf(connection)] = fresh;
            OnFree(fresh, Stopwatch.GetTimestamp());
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new IOException($"The server stopped taking connections: {e.Message}", e);
        }
    }

    public virtual void Dispose()
    {
        Loop.Dispose();
        GC.SuppressFinalize(this);
    }

    protected void Send(HttpConnection connection, ReadOnlySpan<byte> request, long startedAt, long tag = 0)
    {
        _waiting++;
        connection.Send(request, startedAt, tag);
    }

    /// <summary>Nothing more is to be sent: what is left is to wait for.</summary>
    protected void EndWindow() => _endsAt = Math.Min(_endsAt, Stopwatch.GetTimestamp());

    protected virtual void OnStart(long now)
    {
    }

    /// <summary>Sends what is due; answers when it wants to be asked again.</summary>
    protected abstract long SendDue(long now);

    /// <summary>A connection has no request under way.</summary>
    protected abstract void OnFree(HttpConnection connection, long now);

    /// <summary>Counts what the window's rate is made of.</summary>
    protected virtual void OnAccepted(long messages) => Current.Completed += messages;

    protected virtual void OnAnswered(HttpConnection connection, long now)
    {
    }

    /// <summary>After the window: whether everything else that is awaited has come.</summary>
    protected virtual bool IsSettled(long now) => true;

    private long NextLook(long now) => Math.Max(now, _waiting > 0 ? Math.Min(_endsAt + Grace, now + Pause) : now + Pause);

    private void GiveUp()
    {
        for (var i = 0; i < _connections.Count; i++)
        {
            if (_connections[i].IsWaiting)
            {
                _connections[i].Dispose();
                _connections[i] = new HttpConnection(Loop, _address, this);
                Current.Unknown += _messagesPerRequest;
                Current.Count("no answer: timed out");
            }
        }

        _waiting = 0;
    }

    private static string StatusText(int status) => status switch
    {
        202 => "202",
        200 => "200",
        _ => status.ToString(CultureInfo.InvariantCulture),
    };
}
