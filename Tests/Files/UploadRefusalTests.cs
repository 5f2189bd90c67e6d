using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Chat4All.Tests.Hosting;
using static Chat4All.Tests.Files.FileCalls;

namespace Chat4All.Tests.Files;

/// <summary>Bad uploads: the contract's error, and nothing left over.</summary>
[Trait("Category", "Integration")]
public sealed class UploadRefusalTests(HubFixture hub) : IClassFixture<HubFixture>
{
    public static TheoryData<string, string, int, string> BadRequests => new()
    {
        { "filename", "\"../../etc/passwd\"", 400, "validation_failed" },
        { "filename", "\"a\\\\b\"", 400, "validation_failed" },
        { "filename", "\"..\"", 400, "validation_failed" },
        { "filename", "\"\"", 400, "validation_failed" },
        { "filename", "\"a\\u0000.png\"", 400, "validation_failed" },
        { "filename", "\"a\\r\\nSet-Cookie: x\"", 400, "validation_failed" },
        { "filename", "\"harmless\\u202egnp.exe\"", 400, "validation_failed" },
        { "filename", $"\"{new string('x', 256)}\"", 400, "validation_failed" },
        { "file_size", "0", 400, "validation_failed" },
        { "file_size", "-1", 400, "validation_failed" },
        { "file_size", "2147483649", 413, "file_too_large" },
        { "file_size", "9223372036854775807", 413, "file_too_large" },
        { "file_size", "99999999999999999999", 400, "malformed_json" },
        { "chunk_size", "1048575", 400, "validation_failed" },
        { "chunk_size", "52428801", 400, "validation_failed" },
        { "mime_type", "\"image\"", 400, "validation_failed" },
        { "mime_type", "\"*/*\"", 400, "validation_failed" },
        { "mime_type", "\"text/html\\r\\nX: y\"", 400, "validation_failed" },
        { "mime_type", "\"text/plain; charset=\\\"a\\u0000\\\"\"", 400, "validation_failed" },
        { "mime_type", "\"text/plain; charset=\\\"\\u00e9\\\"\"", 400, "validation_failed" },
        { "mime_type", "\"text/plain; charset=\\\"a\\r\\n X: y\\\"\"", 400, "validation_failed" },
        { "checksum_sha256", "\"abc\"", 400, "validation_failed" },
        { "conversation_id", "\"no-such\"", 404, "conversation_not_found" },
    };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task A_bad_upload_is_not_opened(string field, string value, int status, string error)
    {
        using var user = await hub.Server.SignInAsync("user1");
        var fields = new Dictionary<string, string>
        {
            ["conversation_id"] = "\"conv-test\"", ["filename"] = "\"a.bin\"", ["file_size"] = "10", ["mime_type"] = "\"application/octet-stream\"",
        };
        fields[field] = value;
        var body = $"{{{string.Join(',', fields.Select(one => $"\"{one.Key}\":{one.Value}"))}}}";

        using var answer = await user.Http.PostAsync("/v1/files/initiate", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal((status, error), ((int)answer.StatusCode, await answer.ErrorAsync()));
    }

    [Theory]
    [InlineData("chunk_number=0", 10, "invalid_chunk_number")]
    [InlineData("chunk_number=2", 10, "invalid_chunk_number")]
    [InlineData("chunk_number=-1", 10, "invalid_chunk_number")]
    [InlineData("chunk_number=x", 10, "invalid_chunk_number")]
    [InlineData("chunk_number=99999999999", 10, "invalid_chunk_number")]
    [InlineData("", 10, "invalid_chunk_number")]
    [InlineData("chunk_number=1", 0, "empty_chunk")]
    [InlineData("chunk_number=1", 9, "wrong_chunk_length")]
    [InlineData("chunk_number=1", 11, "wrong_chunk_length")]
    [InlineData("chunk_number=1&checksum_sha256=abc", 10, "validation_failed")]
    [InlineData("chunk_number=1&checksum_sha256=0000000000000000000000000000000000000000000000000000000000000000", 10, "checksum_mismatch")]
    public async Task A_bad_chunk_is_refused_and_not_kept(string query, int length, string error)
    {
        using var user = await hub.Server.SignInAsync("user1");
        var id = await user.InitiateAsync(new byte[10]);
        var before = Objects();

        using var answer = await user.Http.PostAsync($"/v1/files/{id}/chunks?{query}", Raw(new byte[length]));

        Assert.Equal((HttpStatusCode.BadRequest, error), (answer.StatusCode, await answer.ErrorAsync()));
        Assert.Equal("pending", (await user.StatusAsync(id)).GetProperty("status").GetString());
        Assert.Equal(before, Objects());
    }

    [Theory]
    [InlineData(9)]
    [InlineData(11)]
    public async Task A_body_without_a_length_must_be_exact_too(int length)
    {
        using var user = await hub.Server.SignInAsync("user1");
        var id = await user.InitiateAsync(new byte[10]);
        var before = Objects();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/files/{id}/chunks?chunk_number=1") { Content = Raw(new byte[length]) };
        request.Headers.TransferEncodingChunked = true;

        using var answer = await user.Http.SendAsync(request);

        Assert.Equal((HttpStatusCode.BadRequest, "wrong_chunk_length"), (answer.StatusCode, await answer.ErrorAsync()));
        Assert.Equal(before, Objects());
    }

    [Fact]
    public async Task A_chunk_beyond_50_MiB_is_refused_before_it_is_read()
    {
        using var user = await hub.Server.SignInAsync("user1");
        var id = await user.InitiateAsync(new byte[10]);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/files/{id}/chunks?chunk_number=1") { Content = Raw(new byte[52_428_801]) };
        request.Headers.ExpectContinue = true;

        using var answer = await user.Http.SendAsync(request);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body_too_large"), (answer.StatusCode, await answer.ErrorAsync()));
    }

    [Fact]
    public async Task Another_users_upload_is_not_there()
    {
        using var owner = await hub.Server.SignInAsync("user1");
        using var member = await hub.Server.SignInAsync("user2");
        using var outsider = await hub.Server.SignInAsync("user9");
        var id = await owner.InitiateAsync(new byte[10]);

        foreach (var stranger in new[] { member, outsider })
        {
            using var chunk = await stranger.ChunkAsync(id, 1, new byte[10]);
            using var complete = await stranger.Http.PostAsync($"/v1/files/{id}/complete", null);
            using var abandon = await stranger.Http.DeleteAsync($"/v1/files/{id}");
            Assert.Equal(HttpStatusCode.NotFound, chunk.StatusCode);
            Assert.Contains(complete.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.Forbidden });
            Assert.Equal(HttpStatusCode.NotFound, abandon.StatusCode);
        }

        using var status = await outsider.Http.GetAsync($"/v1/files/{id}/status");
        using var file = await outsider.Http.GetAsync($"/v1/files/{id}");
        using var content = await outsider.Http.GetAsync($"/v1/files/{id}/content");
        Assert.All(new[] { status, file, content }, answer => Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode));
    }

    [Fact]
    public async Task A_connection_that_is_cut_in_a_chunk_leaves_nothing()
    {
        using var user = await hub.Server.SignInAsync("user1");
        var content = new byte[4 * Mebibyte];
        var id = await user.InitiateAsync(content, chunkSize: 4 * Mebibyte);
        var before = Objects();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(hub.Server.BaseUrl.Host, hub.Server.BaseUrl.Port);
            var head = $"POST /v1/files/{id}/chunks?chunk_number=1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {user.AccessToken}\r\nContent-Type: application/octet-stream\r\nContent-Length: {content.Length}\r\n\r\n";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
            await socket.GetStream().WriteAsync(content.AsMemory(0, 3 * Mebibyte));
            await Eventually.HoldsAsync("the server takes the chunk in", () => Objects() > before);
        }

        await Eventually.HoldsAsync("the half chunk is gone", () => Objects() == before);
        Assert.Equal("pending", (await user.StatusAsync(id)).GetProperty("status").GetString());
        using var answer = await user.ChunkAsync(id, 1, content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("no-such-upload")]
    [InlineData("01890000-0000-7000-8000-000000000000")]
    [InlineData("..%2f..%2fetc")]
    public async Task An_upload_that_there_is_not_is_not_found(string id)
    {
        using var user = await hub.Server.SignInAsync("user1");

        using var chunk = await user.Http.PostAsync($"/v1/files/{id}/chunks?chunk_number=1", Raw(new byte[1]));
        using var status = await user.Http.GetAsync($"/v1/files/{id}/status");
        using var content = await user.Http.GetAsync($"/v1/files/{id}/content");

        Assert.All(new[] { chunk, status, content }, answer => Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode));
    }

    /// <summary>Files of the object store, drafts included.</summary>
    private int Objects() => Directory.GetFiles(Path.Combine(hub.Server.DataFolder, "files"), "*", SearchOption.AllDirectories).Length;
}
