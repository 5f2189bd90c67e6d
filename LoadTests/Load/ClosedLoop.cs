using System.Diagnostics;
using System.Net;
using Chat4All.LoadTests.Http;

namespace Chat4All.LoadTests.Load;

/// <summary>Each connection sends its next request as soon as the answer to the last is in: measures the highest rate.</summary>
internal sealed class ClosedLoop(
    EndPoint address, int connections, RequestMix requests, long messagesPerRequest = 1, AcceptedIn? acceptedIn = null)
    : HttpLoad(address, connections, messagesPerRequest, acceptedIn)
{
    protected override void OnStart(long now)
    {
        for (var i = 0; i < Connections.Count; i++)
        {
            OnFree(Connections[i], Stopwatch.GetTimestamp());
        }
    }

    protected override long SendDue(long now) => long.MaxValue;

    protected override void OnFree(HttpConnection connection, long now)
    {
        if (IsSending)
        {
            Send(connection, requests.Next(), now);
        }
    }
}
