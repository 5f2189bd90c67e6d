using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Connectors.Http;

/// <summary>Gets from platforms what they say about a file, and the file. Addresses are checked as for every other request; redirects are followed by hand, each checked again.</summary>
internal sealed class MediaClient(HttpClient http, bool allowPrivateAddresses, TimeSpan timeout, TimeProvider time) : IDisposable
{
    private const int MaxAnswer = 64 * 1024;
    private const int MaxRedirects = 3;

    public static MediaClient Create(PlatformOptions options, bool allowPrivateAddresses, TimeProvider time) => new(
        new HttpClient(GuardedHandler.Create(allowPrivateAddresses, options.MaxConnections)) { Timeout = Timeout.InfiniteTimeSpan }, allowPrivateAddresses, options.Timeout, time);

    /// <summary>Gets a small answer in JSON and reads it.</summary>
    public async Task<T> AskAsync<T>(Uri address, AuthenticationHeaderValue? authorization, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        using var answer = new MemoryStream();
        await DownloadAsync(address, authorization, answer, MaxAnswer, cancellationToken);
        try
        {
            using var json = JsonDocument.Parse(answer.GetBuffer().AsMemory(0, (int)answer.Length));
            return read(json.RootElement);
        }
        catch (Exception notTheirs) when (notTheirs is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new MediaUnavailableException("The platform's answer about a file is not in its form.", notTheirs);
        }
    }

    /// <summary>Copies what an address answers, and says its media type.</summary>
    /// <param name="authorization">Goes to this host and to no other that it redirects to.</param>
    public async Task<string?> DownloadAsync(Uri address, AuthenticationHeaderValue? authorization, Stream destination, long maxBytes, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(timeout + TimeSpan.FromSeconds(maxBytes >> 20), time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            for (var redirects = 0; ; redirects++)
            {
                using var response = await GetAsync(address, authorization, limit.Token);
                if (response.StatusCode is not (HttpStatusCode.Found or HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
                {
                    RequireFile(response, maxBytes);
                    await CopyAsync(response.Content, destination, maxBytes, limit.Token);
                    return response.Content.Headers.ContentType?.ToString();
                }

                var next = redirects < MaxRedirects && response.Headers.Location is { } location ? new Uri(address, location) : throw new MediaRefusedException("media_not_found");
                authorization = next.Authority == address.Authority && next.Scheme == address.Scheme ? authorization : null;
                address = next;
            }
        }
        catch (HttpRequestException refused) when (refused.InnerException is AddressRefusedException)
        {
            throw new MediaRefusedException("address_refused");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new MediaUnavailableException("A platform did not hand over a file.", broken);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> GetAsync(Uri address, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken)
    {
        if (address.Scheme != Uri.UriSchemeHttps && !(allowPrivateAddresses && address.Scheme == Uri.UriSchemeHttp))
        {
            throw new MediaRefusedException("address_refused");
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = authorization;
        request.Headers.TryAddWithoutValidation("User-Agent", "Chat4All");
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private static void RequireFile(HttpResponseMessage response, long maxBytes)
    {
        if (!response.IsSuccessStatusCode)
        {
            var mayPass = (int)response.StatusCode >= 500
                || response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or HttpStatusCode.Unauthorized or (HttpStatusCode)425;
            throw mayPass ? new MediaUnavailableException($"A platform answered {(int)response.StatusCode} for a file.") : new MediaRefusedException("media_not_found");
        }

        if (response.Content.Headers.ContentLength > maxBytes)
        {
            throw TooLarge();
        }
    }

    private static async Task CopyAsync(HttpContent content, Stream destination, long maxBytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var left = maxBytes;
        await using var source = await content.ReadAsStreamAsync(cancellationToken);
        while (await source.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            left = read <= left ? left - read : throw TooLarge();
            await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    private static MediaRefusedException TooLarge() => new("file_too_large");
}
