using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Chat4All.Frontend.Operations.Metrics;

/// <summary>Counts requests by method, route template and status, and how long they took. Sockets are counted when they end and have no duration.</summary>
internal sealed class RequestMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Chat4All.Frontend";

    private static readonly string[] Statuses = [.. Enumerable.Range(0, 600).Select(static s => s.ToString(System.Globalization.CultureInfo.InvariantCulture))];

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _durations;

    public RequestMetrics()
    {
        _requests = _meter.CreateCounter<long>("http_requests_total", null, "HTTP requests answered.");
        _durations = _meter.CreateHistogram<double>("http_request_duration_seconds", "s", "How long HTTP requests took.");
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>Counts a finished request that began at <paramref name="started"/> (<see cref="Stopwatch"/> ticks).</summary>
    public void Record(HttpContext context, long started)
    {
        var status = context.Response.StatusCode;
        var method = new KeyValuePair<string, object?>("method", MethodOf(context.Request.Method));
        var endpoint = new KeyValuePair<string, object?>("endpoint", EndpointOf(context));
        _requests.Add(1, method, endpoint, new("status", status is > 0 and < 600 ? Statuses[status] : "0"));
        if (status != StatusCodes.Status101SwitchingProtocols)
        {
            _durations.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, method, endpoint);
        }

        Trace(method, endpoint, status);
    }

    private static void Trace(KeyValuePair<string, object?> method, KeyValuePair<string, object?> endpoint, int status)
    {
        if (Activity.Current is { IsAllDataRequested: true } activity)
        {
            activity.DisplayName = $"{method.Value} {endpoint.Value}";
            activity.SetTag("http.request.method", method.Value).SetTag("http.route", endpoint.Value).SetTag("http.response.status_code", status);
            if (status >= 500)
            {
                activity.SetStatus(ActivityStatusCode.Error);
            }
        }
    }

    private static string EndpointOf(HttpContext context) => context.GetEndpoint() switch
    {
        RouteEndpoint route => route.RoutePattern.RawText ?? "",
        _ => "unmatched",
    };

    /// <summary>A method that nobody registered must not make a new time series.</summary>
    private static string MethodOf(string method) => method switch
    {
        "GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD" or "OPTIONS" or "TRACE" or "CONNECT" => method,
        _ => "OTHER",
    };
}
