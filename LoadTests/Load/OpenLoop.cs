using System.Net;
using Chat4All.LoadTests.Http;

namespace Chat4All.LoadTests.Load;

/// <summary>
/// Sends on a schedule, whatever the server does. With every connection busy a due message waits for one, and that wait is part of
/// its latency, which starts at the scheduled moment.
/// </summary>
internal class OpenLoop(EndPoint address, int connections, RequestMix requests, double perSecond) : HttpLoad(address, connections)
{
    private readonly Stack<HttpConnection> _free = new();
    private readonly Queue<long> _overdue = new();
    private ArrivalSchedule _schedule = new(0, perSecond, 0);
    private int _runs;

    /// <summary>How many due messages had to wait for a connection in the last run.</summary>
    public long Queued { get; private set; }

    protected override void OnStart(long now)
    {
        _schedule = new ArrivalSchedule(now, perSecond, ++_runs);
        _overdue.Clear();
        Queued = 0;
        _free.Clear();
        foreach (var connection in Connections)
        {
            _free.Push(connection);
        }
    }

    protected override long SendDue(long now)
    {
        for (; _schedule.Next <= now; _schedule.Advance())
        {
            if (TakeFree() is { } connection)
            {
                SendNext(connection, _schedule.Next);
            }
            else
            {
                Queued++;
                _overdue.Enqueue(_schedule.Next);
            }
        }

        return _schedule.Next;
    }

    protected override void OnFree(HttpConnection connection, long now)
    {
        // What was due inside the window is sent after it too: leaving it out would hide the worst latencies.
        if (_overdue.TryDequeue(out var due))
        {
            SendNext(connection, due);
        }
        else
        {
            _free.Push(connection);
        }
    }

    /// <summary>Called before a message with this number is sent.</summary>
    protected virtual void OnSending(long number, long due)
    {
    }

    private HttpConnection? TakeFree()
    {
        while (_free.TryPop(out var connection))
        {
            if (connection.IsOpen)
            {
                return connection;
            }
        }

        return null;
    }

    private void SendNext(HttpConnection connection, long due)
    {
        var request = requests.Next();
        OnSending(requests.LastNumber, due);
        Send(connection, request, due, requests.LastNumber);
    }
}
