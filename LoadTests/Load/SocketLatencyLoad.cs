using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Text;
using Chat4All.LoadTests.Http;
using Chat4All.LoadTests.Statistics;
using Chat4All.LoadTests.WebSockets;

namespace Chat4All.LoadTests.Load;

/// <summary>
/// An open loop whose messages are awaited on sockets of the same thread: each arrival is timed from the scheduled sending and from
/// the moment when the sender had its 202, which is the earliest that anybody outside the server can know of the commit.
/// </summary>
internal sealed class SocketLatencyLoad : OpenLoop
{
    /// <summary>Messages that may be under way at once; older ones are forgotten.</summary>
    private const int Remembered = 1 << 16;

    private static readonly long SettleTime = 5 * Stopwatch.Frequency;

    private readonly byte[] _idStart;
    private readonly int _receiversOfMessage;
    private readonly SocketGroup _sockets;
    private readonly long[] _dueAt = new long[Remembered];
    private readonly long[] _answeredAt = new long[Remembered];
    private long _settleUntil;
    private long _messagesBefore;

    /// <param name="address">Of the server.</param>
    /// <param name="connections">For sending.</param>
    /// <param name="requests">Numbered, their message ids beginning with <paramref name="messagePrefix"/> and a dash.</param>
    /// <param name="perSecond">Messages a second.</param>
    /// <param name="messagePrefix">Tells this load's messages from others.</param>
    /// <param name="receiversOfMessage">Sockets that get each message.</param>
    /// <param name="sockets">Makes the sockets, on this load's loop.</param>
    public SocketLatencyLoad(
        EndPoint address, int connections, RequestMix requests, double perSecond,
        string messagePrefix, int receiversOfMessage, Func<Sockets.EventLoop, SocketGroup> sockets)
        : base(address, connections, requests, perSecond)
    {
        _idStart = Encoding.ASCII.GetBytes($"\"message_id\":\"{messagePrefix}-");
        _receiversOfMessage = receiversOfMessage;
        _sockets = sockets(Loop);
        _sockets.OnMessage = OnMessage;
    }

    public SocketGroup Sockets => _sockets;

    /// <summary>From the scheduled sending to each arrival, in the last run.</summary>
    public LatencyHistogram FromSend { get; private set; } = new();

    /// <summary>From the 202 to each arrival, in the last run; 1 µs where the event came first.</summary>
    public LatencyHistogram FromAnswer { get; private set; } = new();

    /// <summary>Arrivals that were owed and did not come, over all runs.</summary>
    public long Missing { get; private set; }

    protected override void OnStart(long now)
    {
        base.OnStart(now);
        FromSend = new LatencyHistogram();
        FromAnswer = new LatencyHistogram();
        _messagesBefore = _sockets.Messages;
        _settleUntil = 0;
    }

    protected override void OnSending(long number, long due)
    {
        _dueAt[number % Remembered] = due;
        _answeredAt[number % Remembered] = 0;
    }

    protected override void OnAnswered(HttpConnection connection, long now) => _answeredAt[connection.Tag % Remembered] = now;

    protected override bool IsSettled(long now)
    {
        var missing = (Current.AcceptedInAll * _receiversOfMessage) - (_sockets.Messages - _messagesBefore);
        _settleUntil = _settleUntil == 0 ? now + SettleTime : _settleUntil;
        if (missing > 0 && now < _settleUntil)
        {
            return false;
        }

        Missing += missing;
        return true;
    }

    private void OnMessage(WebSocketConnection connection, ReadOnlySpan<byte> payload, long now)
    {
        var idAt = payload.IndexOf(_idStart);
        if (idAt >= 0 && Utf8Parser.TryParse(payload[(idAt + _idStart.Length)..], out long number, out _))
        {
            var answered = _answeredAt[number % Remembered];
            FromSend.RecordBetween(_dueAt[number % Remembered], now);
            FromAnswer.RecordBetween(answered == 0 ? now : answered, now);
        }
    }
}
