using System.Diagnostics;
using System.Net;
using Chat4All.LoadTests.Http;

namespace Chat4All.LoadTests.Load;

/// <summary>
/// Sends into one conversation as long as no more than a few messages are still on their way to its sockets: the server is always
/// busy delivering, and never so far behind that it has to cut a slow reader. What counts is deliveries.
/// </summary>
internal sealed class FanOutLoad : HttpLoad
{
    private const int Senders = 4;
    private const int MessagesUnderWay = 32;

    private static readonly long SettleTime = 10 * Stopwatch.Frequency;

    private readonly RequestMix _requests;
    private readonly Stack<HttpConnection> _free = new();
    private readonly SocketGroup _sockets;
    private long _sent;
    private long _messagesBefore;
    private long _settleUntil;

    public FanOutLoad(EndPoint address, RequestMix requests, Func<Sockets.EventLoop, SocketGroup> sockets) : base(address, Senders)
    {
        _requests = requests;
        _sockets = sockets(Loop);
        _sockets.OnMessage = (_, _, _) => Current.Completed += IsSending ? 1 : 0;
    }

    public SocketGroup Sockets => _sockets;

    protected override void OnStart(long now)
    {
        _sent = 0;
        _messagesBefore = _sockets.Messages;
        _settleUntil = 0;
        _free.Clear();
        foreach (var connection in Connections)
        {
            _free.Push(connection);
        }
    }

    protected override long SendDue(long now)
    {
        while (_sent - ((_sockets.Messages - _messagesBefore) / Math.Max(1, _sockets.Greeted)) < MessagesUnderWay && _free.TryPop(out var connection))
        {
            if (connection.IsOpen)
            {
                _sent++;
                Send(connection, _requests.Next(), now);
            }
        }

        return long.MaxValue;
    }

    protected override void OnFree(HttpConnection connection, long now) => _free.Push(connection);

    /// <summary>Deliveries are counted where they arrive.</summary>
    protected override void OnAccepted(long messages)
    {
    }

    protected override bool IsSettled(long now)
    {
        _settleUntil = _settleUntil == 0 ? now + SettleTime : _settleUntil;
        return _sockets.Messages - _messagesBefore >= Current.AcceptedInAll * _sockets.Greeted || now >= _settleUntil;
    }
}
