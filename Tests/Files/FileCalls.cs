using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Files;

/// <summary>A user's calls of the file routes.</summary>
internal static class FileCalls
{
    public const int Mebibyte = 1_048_576;

    /// <summary>Opens an upload for exactly this content.</summary>
    /// <returns>The upload's id.</returns>
    public static async Task<string> InitiateAsync(
        this HubClient user, byte[] content, string conversation = "conv-test", string filename = "a.bin", string type = "application/octet-stream", int chunkSize = Mebibyte, string? checksum = null)
    {
        var body = new { conversation_id = conversation, filename, file_size = content.Length, mime_type = type, chunk_size = chunkSize, checksum_sha256 = checksum };
        return (await user.PostAsync("/v1/files/initiate", body, HttpStatusCode.Created)).GetProperty("upload_id").GetString()!;
    }

    /// <summary>Sends a chunk and answers whatever comes.</summary>
    public static Task<HttpResponseMessage> ChunkAsync(this HubClient user, string uploadId, int number, byte[] bytes, string? checksum = null) =>
        user.Http.PostAsync($"/v1/files/{uploadId}/chunks?chunk_number={number}{(checksum is null ? "" : $"&checksum_sha256={checksum}")}", Raw(bytes));

    /// <summary>Uploads, completes and waits for the merge.</summary>
    /// <returns>The file's id.</returns>
    public static async Task<string> UploadAsync(
        this HubClient user, byte[] content, string conversation = "conv-test", string filename = "a.bin", string type = "application/octet-stream", int chunkSize = Mebibyte)
    {
        var id = await user.InitiateAsync(content, conversation, filename, type, chunkSize, Convert.ToHexStringLower(SHA256.HashData(content)));
        await user.SendChunksAsync(id, content, chunkSize);
        await user.CompleteAsync(id);
        await user.MergedAsync(id);
        return id;
    }

    public static async Task SendChunksAsync(this HubClient user, string uploadId, byte[] content, int chunkSize = Mebibyte)
    {
        foreach (var (chunk, i) in content.Chunk(chunkSize).Select((chunk, i) => (chunk, i)))
        {
            using var answer = await user.ChunkAsync(uploadId, i + 1, chunk);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        }
    }

    public static async Task<JsonElement> CompleteAsync(this HubClient user, string uploadId)
    {
        using var answer = await user.Http.PostAsync($"/v1/files/{uploadId}/complete", null);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public static Task<JsonElement> StatusAsync(this HubClient user, string uploadId) => user.GetAsync($"/v1/files/{uploadId}/status");

    /// <summary>Waits until the upload is merged, one way or the other.</summary>
    public static async Task<JsonElement> EndedAsync(this HubClient user, string uploadId)
    {
        var status = default(JsonElement);
        await Eventually.HoldsAsync(
            "the merge ends",
            async () => (status = await user.StatusAsync(uploadId)).GetProperty("status").GetString() is "completed" or "failed",
            TimeSpan.FromSeconds(60));
        return status;
    }

    public static async Task MergedAsync(this HubClient user, string uploadId)
    {
        var status = await user.EndedAsync(uploadId);
        Assert.True(status.GetProperty("status").GetString() == "completed", status.GetRawText());
    }

    public static async Task<HttpResponseMessage> ContentAsync(this HubClient user, string fileId, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/files/{fileId}/content");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await user.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The refusal's code.</summary>
    public static async Task<string> ErrorAsync(this HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString()!;

    public static ByteArrayContent Raw(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return content;
    }
}
