using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Chat4All.Grains.Ports;
using Chat4All.Grains.Webhooks;
using Chat4All.Infrastructure.Connectors.Http;
using Microsoft.Extensions.Options;

namespace Chat4All.Infrastructure.Webhooks;

/// <inheritdoc cref="IWebhookCaller" />
internal sealed class WebhookCaller : IWebhookCaller, IDisposable
{
    private static readonly TimeSpan ResolvingLimit = TimeSpan.FromSeconds(5);

    private readonly bool _allowPrivate;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;

    public WebhookCaller(IOptions<WebhookOptions> options, TimeProvider time)
    {
        _time = time;
        _timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);
        _allowPrivate = options.Value.AllowPrivateAddresses;
        _http = new HttpClient(GuardedHandler.Create(_allowPrivate)) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Chat4All-Webhooks", "1"));
    }

    public async Task<string?> FindFaultAsync(Uri url, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ResolvingLimit);
        try
        {
            await (_allowPrivate ? Dns.GetHostAddressesAsync(url.IdnHost, limit.Token) : AddressRules.ResolveAsync(url.IdnHost, limit.Token));
            return null;
        }
        catch (AddressRefusedException)
        {
            return "must not resolve to a loopback, private, link-local or other address that is not public";
        }
        catch (Exception unknown) when (unknown is SocketException or ArgumentException || (unknown is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return "must have a host name that can be resolved";
        }
    }

    public async Task<WebhookCallResult> CallAsync(string url, string secret, WebhookCall call, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_timeout);
        try
        {
            using var request = Request(url, secret, call);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var status = (int)response.StatusCode;
            var error = response.IsSuccessStatusCode ? null : string.Create(CultureInfo.InvariantCulture, $"http_{status}");
            return new WebhookCallResult(status, error, Stopwatch.GetElapsedTime(started), RetryAfter(response));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new WebhookCallResult(null, "timeout", Stopwatch.GetElapsedTime(started));
        }
        catch (HttpRequestException failure)
        {
            return new WebhookCallResult(null, ErrorOf(failure), Stopwatch.GetElapsedTime(started));
        }
    }

    public void Dispose() => _http.Dispose();

    private static string ErrorOf(HttpRequestException failure) => failure switch
    {
        { InnerException: AddressRefusedException } => "address_refused",
        { HttpRequestError: HttpRequestError.NameResolutionError } or { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound } } => "name_not_resolved",
        { HttpRequestError: HttpRequestError.SecureConnectionError } => "tls_failed",
        { HttpRequestError: HttpRequestError.ConnectionError } => "connection_failed",
        _ => "no_answer",
    };

    private HttpRequestMessage Request(string url, string secret, WebhookCall call)
    {
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(call.Body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Chat4All-Event-Id", call.EventId);
        request.Headers.Add("X-Chat4All-Timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("X-Chat4All-Signature", CallSignature.Of(secret, call.EventId, timestamp, call.Body));
        return request;
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } after ? after.Delta ?? (after.Date - _time.GetUtcNow()) : null;
}
