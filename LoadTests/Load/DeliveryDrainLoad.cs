using System.Diagnostics;
using System.Net;
using Chat4All.LoadTests.Http;

namespace Chat4All.LoadTests.Load;

/// <summary>
/// Accepts messages as fast as it can until there are as many as wanted, and waits until each has been told to be delivered: how fast a backlog drains while nothing else is asked for.
/// </summary>
internal sealed class DeliveryDrainLoad : BacklogLoad
{
    /// <summary>Without a delivery for so long the rest counts as missing.</summary>
    private static readonly long Patience = 30 * Stopwatch.Frequency;

    private readonly SocketGroup _sockets;
    private long _lastDelivery;
    private long _lastAnswer;
    private long _deliveredBefore;
    private long _deliveredAtLastAnswer;

    /// <param name="address">Of the server.</param>
    /// <param name="connections">For sending.</param>
    /// <param name="requests">Batches.</param>
    /// <param name="perRequest">Messages of a batch.</param>
    /// <param name="messages">How many to send in all.</param>
    /// <param name="acceptedIn">Counts an answer's accepted messages.</param>
    /// <param name="sockets">Hear of each delivery once; made on this load's loop.</param>
    public DeliveryDrainLoad(
        EndPoint address, int connections, RequestMix requests, int perRequest, long messages, AcceptedIn acceptedIn, Func<Sockets.EventLoop, SocketGroup> sockets)
        : base(address, connections, requests, perRequest, messages, acceptedIn)
    {
        _sockets = sockets(Loop);
        _sockets.OnMessage = (_, _, now) => _lastDelivery = now;
    }

    public SocketGroup Sockets => _sockets;

    /// <summary>Deliveries that did not come, over all runs.</summary>
    public long Missing { get; private set; }

    /// <summary>What was accepted and not delivered when the last batch was answered.</summary>
    public long Backlog { get; private set; }

    /// <summary>From the last batch's answer to the last delivery.</summary>
    public TimeSpan DrainTime => Stopwatch.GetElapsedTime(_lastAnswer, Math.Max(_lastAnswer, _lastDelivery));

    protected override void OnStart(long now)
    {
        (_lastAnswer, _lastDelivery) = (now, now);
        _deliveredBefore = _sockets.Messages;
        base.OnStart(now);
    }

    protected override void OnAnswered(HttpConnection connection, long now)
    {
        _lastAnswer = now;
        _deliveredAtLastAnswer = _sockets.Messages - _deliveredBefore;
    }

    protected override bool IsSettled(long now)
    {
        var missing = Current.AcceptedInAll - (_sockets.Messages - _deliveredBefore);
        if (missing > 0 && now < Math.Max(_lastDelivery, _lastAnswer) + Patience)
        {
            return false;
        }

        Missing += missing;
        Backlog = Current.AcceptedInAll - _deliveredAtLastAnswer;
        return true;
    }
}
