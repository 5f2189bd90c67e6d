using System.Net;
using Chat4All.LoadTests.Sockets;

namespace Chat4All.LoadTests.Http;

/// <summary>A keep-alive connection with at most one request under way (no pipelining, like every real client).</summary>
internal sealed class HttpConnection(EventLoop loop, EndPoint address, IResponseSink sink) : Connection(loop, address)
{
    /// <summary>Since when the request under way is meant to have been sent: the start of its latency.</summary>
    public long StartedAt { get; private set; }

    /// <summary>A number of the caller's for the request under way, such as the message that it carries.</summary>
    public long Tag { get; private set; }

    public bool IsWaiting { get; private set; }

    public void Send(ReadOnlySpan<byte> request, long startedAt, long tag = 0)
    {
        StartedAt = startedAt;
        Tag = tag;
        IsWaiting = true;
        Write(request);
    }

    protected override int Consume(ReadOnlySpan<byte> received, long now)
    {
        var consumed = 0;
        while (IsOpen && consumed < received.Length)
        {
            var rest = received[consumed..];
            if (!HttpResponse.TryRead(rest, out var response))
            {
                break;
            }

            consumed += response.TotalLength;
            IsWaiting = false;
            if (response.IsLast)
            {
                // The answer counts, the connection doesn't live to carry another request.
                sink.OnResponse(this, in response, rest, now);
                Close("closed by the server after its answer");
                break;
            }

            sink.OnResponse(this, in response, rest, now);
        }

        return consumed;
    }

    protected override void OnClosed(string reason)
    {
        var wasWaiting = IsWaiting;
        IsWaiting = false;
        sink.OnClosed(this, reason, wasWaiting);
    }
}
