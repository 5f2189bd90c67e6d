using System.Diagnostics;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Operations;

/// <summary>The names by which a request is found again: <c>X-Request-Id</c> and W3C <c>traceparent</c>, on every response.</summary>
internal static class RequestIdentity
{
    public const string RequestId = "X-Request-Id";
    public const string TraceParent = "traceparent";

    /// <summary>Sets both headers; a client's own request id is kept when it is a valid id.</summary>
    public static void Stamp(HttpContext context)
    {
        if (context.Request.Headers.TryGetValue(RequestId, out var sent) && sent is [{ } id] && Ids.IsValid(id))
        {
            context.TraceIdentifier = id;
        }

        var headers = context.Response.Headers;
        headers[RequestId] = context.TraceIdentifier;
        headers[TraceParent] = Activity.Current?.Id;
    }
}
