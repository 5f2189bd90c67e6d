using System.Net;
using Chat4All.LoadTests.Http;

namespace Chat4All.LoadTests.Load;

/// <summary>Accepts messages as fast as it can until there are as many as wanted.</summary>
/// <param name="address">Of the server.</param>
/// <param name="connections">For sending.</param>
/// <param name="requests">Batches.</param>
/// <param name="perRequest">Messages of a batch.</param>
/// <param name="messages">How many to send in all.</param>
/// <param name="acceptedIn">Counts an answer's accepted messages.</param>
internal class BacklogLoad(EndPoint address, int connections, RequestMix requests, int perRequest, long messages, AcceptedIn acceptedIn)
    : HttpLoad(address, connections, perRequest, acceptedIn)
{
    private readonly Stack<HttpConnection> _free = new();
    private long _asked;

    protected override void OnStart(long now)
    {
        _asked = 0;
        _free.Clear();
        foreach (var connection in Connections)
        {
            _free.Push(connection);
        }
    }

    protected override long SendDue(long now)
    {
        while (_asked < messages && _free.TryPop(out var connection))
        {
            if (connection.IsOpen)
            {
                _asked += perRequest;
                Send(connection, requests.Next(), now);
            }
        }

        if (_asked >= messages)
        {
            EndWindow();
        }

        return long.MaxValue;
    }

    protected override void OnFree(HttpConnection connection, long now) => _free.Push(connection);
}
