using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;

namespace Chat4All.Infrastructure.Connectors.Http;

/// <summary>A platform's whole answer.</summary>
/// <param name="RetryAfter">From the header, when there was one.</param>
internal sealed record PlatformAnswer(HttpStatusCode Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter);

/// <summary>
/// Makes requests and tells apart what matters for whether a message may be sent again: whether the whole request left, and whether an answer came. The platforms have
/// no idempotency keys, so a request that left and has no answer may or may not have done its work.
/// </summary>
internal sealed partial class PlatformClient(HttpClient http, TimeSpan timeout, TimeProvider time, ILogger logger) : IDisposable
{
    private const int MaxAnswer = 256 * 1024;

    public static PlatformClient Create(PlatformOptions options, bool allowPrivateAddresses, TimeProvider time, ILogger logger) =>
        new(
            new HttpClient(GuardedHandler.Create(allowPrivateAddresses, options.MaxConnections))
            {
                Timeout = Timeout.InfiniteTimeSpan,
                MaxResponseContentBufferSize = MaxAnswer,
            },
            options.Timeout,
            time,
            logger);

    /// <summary>Makes a POST and has the answer read.</summary>
    /// <param name="authorization">The header's value, or null for none.</param>
    public async Task<Verdict> PostAsync(Uri address, HttpContent content, AuthenticationHeaderValue? authorization, Func<PlatformAnswer, Verdict> read)
    {
        using var limit = new CancellationTokenSource(timeout + TimeSpan.FromSeconds((content.Headers.ContentLength ?? 0) >> 20), time);
        using var body = new CountedContent(content);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = body };
        request.Headers.Authorization = authorization;
        request.Headers.TryAddWithoutValidation("User-Agent", "Chat4All");
        try
        {
            using var response = await http.SendAsync(request, limit.Token);
            return read(new PlatformAnswer(response.StatusCode, await response.Content.ReadAsByteArrayAsync(), RetryAfter(response.Headers.RetryAfter)));
        }
        catch (MediaUnreadableException unreadable)
        {
            LogFailed(logger, unreadable);
            return Verdict.Retry("media_unavailable", unhealthy: false);
        }
        catch (HttpRequestException failed)
        {
            LogFailed(logger, failed);
            return failed.InnerException is AddressRefusedException ? Verdict.Failed("address_refused")
                : body.Left ? Verdict.Unknown()
                : Verdict.Retry("connection_failed");
        }
        catch (OperationCanceledException late)
        {
            LogFailed(logger, late);
            return body.Left ? Verdict.Unknown() : Verdict.Retry("connection_timed_out");
        }
    }

    public void Dispose() => http.Dispose();

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? header?.Date - time.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : null;
    }

    /// <summary>The exceptions name the host at most, never the path, which may hold a token.</summary>
    [LoggerMessage(5112, LogLevel.Warning, "A request to a platform came to nothing")]
    private static partial void LogFailed(ILogger logger, Exception why);

    /// <summary>A request's body that knows whether all of it was handed to the connection. A platform can't have taken a message of which it did not get the whole.</summary>
    private sealed class CountedContent : HttpContent
    {
        private readonly HttpContent _content;

        public CountedContent(HttpContent content)
        {
            _content = content;
            foreach (var (name, values) in content.Headers)
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }

        public bool Left { get; private set; }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await _content.CopyToAsync(stream, context, cancellationToken);
            Left = true;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _content.Headers.ContentLength ?? -1;
            return length >= 0;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _content.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
