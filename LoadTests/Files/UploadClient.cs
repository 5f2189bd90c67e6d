using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Chat4All.LoadTests.Files;

/// <summary>The file routes of the wire contract, timed.</summary>
internal sealed class UploadClient : IDisposable
{
    private readonly HttpClient _http;

    public UploadClient(Uri server, string token)
    {
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 16 }) { BaseAddress = server, Timeout = TimeSpan.FromMinutes(2) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async Task<string> InitiateAsync(string conversationId, long size, int chunkSize, CancellationToken cancellationToken)
    {
        var body = new { conversation_id = conversationId, filename = "bench.bin", file_size = size, mime_type = "application/octet-stream", chunk_size = chunkSize };
        using var answer = await _http.PostAsJsonAsync("/v1/files/initiate", body, cancellationToken);
        return (await ReadAsync(answer, cancellationToken)).GetProperty("upload_id").GetString()!;
    }

    public async Task SendAsync(string uploadId, int number, ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(chunk);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var answer = await _http.PostAsync($"/v1/files/{uploadId}/chunks?chunk_number={number}", content, cancellationToken);
        await ReadAsync(answer, cancellationToken);
    }

    /// <summary>From the request to complete until the status says so.</summary>
    public async Task<TimeSpan> MergeAsync(string uploadId, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var completed = await _http.PostAsync($"/v1/files/{uploadId}/complete", null, cancellationToken);
        await ReadAsync(completed, cancellationToken);
        while (true)
        {
            using var answer = await _http.GetAsync($"/v1/files/{uploadId}/status", cancellationToken);
            switch ((await ReadAsync(answer, cancellationToken)).GetProperty("status").GetString())
            {
                case "completed":
                    return Stopwatch.GetElapsedTime(started);
                case "failed":
                    throw new InvalidOperationException("The upload was refused.");
            }

            await Task.Delay(5, cancellationToken);
        }
    }

    /// <summary>Follows a redirect to the object store as any client does.</summary>
    public async Task<long> DownloadAsync(string fileId, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync($"/v1/files/{fileId}/content", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return await Drain.Async(await answer.Content.ReadAsStreamAsync(cancellationToken), cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken) => answer.IsSuccessStatusCode
        ? await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)
        : throw new InvalidOperationException($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}");
}
