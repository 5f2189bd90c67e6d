using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Files;

/// <summary>A user's calls of the tus routes.</summary>
internal static class TusCalls
{
    public static string Metadata(string conversation = "conv-test", string filename = "größe.bin", string type = "application/octet-stream") =>
        $"conversation_id {Encode(conversation)},filename {Encode(filename)},filetype {Encode(type)},is_confidential";

    public static Task<HttpResponseMessage> TusAsync(this HubClient user, HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add("Tus-Resumable", "1.0.0");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return user.Http.SendAsync(request);
    }

    public static Task<HttpResponseMessage> TryCreateAsync(this HubClient user, string length, string metadata) =>
        user.TusAsync(HttpMethod.Post, "/v1/tus", null, ("Upload-Length", length), ("Upload-Metadata", metadata));

    /// <summary>Opens an upload.</summary>
    /// <returns>Its address.</returns>
    public static async Task<string> CreateTusAsync(this HubClient user, long length, string conversation = "conv-test", string type = "application/octet-stream")
    {
        using var answer = await user.TryCreateAsync(length.ToString(CultureInfo.InvariantCulture), Metadata(conversation, type: type));
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        Assert.Equal("1.0.0", answer.Header("Tus-Resumable"));
        return answer.Headers.Location!.ToString();
    }

    public static Task<HttpResponseMessage> WriteAsync(this HubClient user, string path, long offset, byte[] bytes, params (string Name, string Value)[] headers) =>
        user.WriteAsync(path, offset, new ByteArrayContent(bytes), headers);

    public static Task<HttpResponseMessage> WriteAsync(this HubClient user, string path, long offset, HttpContent content, params (string Name, string Value)[] headers)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        return user.TusAsync(HttpMethod.Patch, path, content, [("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture)), .. headers]);
    }

    public static Task<HttpResponseMessage> HeadAsync(this HubClient user, string path) => user.TusAsync(HttpMethod.Head, path, null);

    public static async Task<long> OffsetAsync(this HubClient user, string path)
    {
        using var answer = await user.HeadAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer.Offset();
    }

    public static long Offset(this HttpResponseMessage answer) => long.Parse(answer.Header("Upload-Offset")!, CultureInfo.InvariantCulture);

    public static string? Header(this HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;

    public static string IdOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
