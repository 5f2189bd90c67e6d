using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Chat4All.LoadTests.Files;

/// <summary>Objects in a bucket of an S3 server, put and got by plain requests whose bodies are not signed (SigV4 with <c>UNSIGNED-PAYLOAD</c>).</summary>
internal sealed class RawBucket : IRawStore, IDisposable
{
    private const string Region = "us-east-1";
    private const string Unsigned = "UNSIGNED-PAYLOAD";

    private readonly HttpClient _http = new();
    private readonly List<string> _keys = [];
    private readonly Uri _endpoint;
    private readonly string _accessKey;
    private readonly string _secretKey;
    private readonly string _bucket = "raw-" + Guid.NewGuid().ToString("n");
    private bool _made;

    /// <param name="access">Endpoint, access key and secret key, with blanks between, as <c>ceph-s3.sh start</c> prints them.</param>
    public RawBucket(string access)
    {
        var parts = access.Split(' ');
        (_endpoint, _accessKey, _secretKey) = (new Uri(parts[0]), parts[1], parts[2]);
    }

    public string Description => "objects put one by one";

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (!_made)
        {
            await SendAsync(HttpMethod.Put, $"/{_bucket}", new ByteArrayContent([]), cancellationToken);
            _made = true;
        }

        var key = $"/{_bucket}/{Guid.NewGuid():n}";
        await SendAsync(HttpMethod.Put, key, new ReadOnlyMemoryContent(bytes), cancellationToken);
        lock (_keys)
        {
            _keys.Add(key);
        }
    }

    public async Task<long> ReadAsync(CancellationToken cancellationToken)
    {
        using var answer = await _http.SendAsync(Request(HttpMethod.Get, _keys[^1], null), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return await Drain.Async(await answer.Content.ReadAsStreamAsync(cancellationToken), cancellationToken);
    }

    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        foreach (var key in _keys)
        {
            await SendAsync(HttpMethod.Delete, key, null, cancellationToken);
        }

        _keys.Clear();
    }

    public void Dispose() => _http.Dispose();

    private async Task SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var answer = await _http.SendAsync(Request(method, path, content), cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private HttpRequestMessage Request(HttpMethod method, string path, HttpContent? content)
    {
        var time = DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{time[..8]}/{Region}/s3/aws4_request";
        var canonical = $"{method}\n{path}\n\nhost:{_endpoint.Authority}\nx-amz-content-sha256:{Unsigned}\nx-amz-date:{time}\n\nhost;x-amz-content-sha256;x-amz-date\n{Unsigned}";
        var toSign = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + _secretKey);
        foreach (var part in scope.Split('/').Append(toSign))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        var request = new HttpRequestMessage(method, new Uri(_endpoint, path)) { Content = content };
        request.Headers.TryAddWithoutValidation("x-amz-date", time);
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", Unsigned);
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "AWS4-HMAC-SHA256", $"Credential={_accessKey}/{scope},SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature={Convert.ToHexStringLower(key)}");
        return request;
    }
}
