using System.Net;
using System.Security.Cryptography;
using Chat4All.Tests.Hosting;
using static Chat4All.Tests.Files.FileCalls;

namespace Chat4All.Tests.Files;

/// <summary>tus 1.0.0, by hand.</summary>
[Trait("Category", "Integration")]
public sealed class TusTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private const int ChecksumMismatch = 460;

    [Fact]
    public async Task The_server_says_what_it_takes_to_anybody()
    {
        using var answer = await hub.Server.Http.SendAsync(new HttpRequestMessage(HttpMethod.Options, "/v1/tus"));

        Assert.Equal((HttpStatusCode.NoContent, "1.0.0", "2147483648"), (answer.StatusCode, answer.Header("Tus-Version"), answer.Header("Tus-Max-Size")));
        Assert.Equal(("creation,expiration,checksum,termination", "sha256,sha1"), (answer.Header("Tus-Extension"), answer.Header("Tus-Checksum-Algorithm")));
    }

    [Fact]
    public async Task A_file_written_from_front_to_back_is_one_like_any_other()
    {
        using var user = await hub.Server.SignInAsync("user1");
        using var other = await hub.Server.SignInAsync("user2");
        await using var socket = await HubSocket.OpenAsync(hub.Server.BaseUrl, other.AccessToken);
        var content = RandomNumberGenerator.GetBytes((11 * Mebibyte) + 5);
        var path = await user.CreateTusAsync(content.Length);

        using var first = await user.WriteAsync(path, 0, content[..Mebibyte]);
        using var head = await user.HeadAsync(path);
        using var second = await user.WriteAsync(path, Mebibyte, content[Mebibyte..]);
        using var after = await user.HeadAsync(path);

        Assert.Equal((HttpStatusCode.NoContent, (long)Mebibyte), (first.StatusCode, first.Offset()));
        Assert.Equal(((long)Mebibyte, $"{content.Length}", TusCalls.Metadata()), (head.Offset(), head.Header("Upload-Length"), head.Header("Upload-Metadata")));
        Assert.True(DateTimeOffset.Parse(head.Header("Upload-Expires")!) > DateTimeOffset.UtcNow.AddHours(23));
        Assert.True(head.Headers.CacheControl!.NoStore);
        Assert.Equal((HttpStatusCode.NoContent, (long)content.Length, (long)content.Length), (second.StatusCode, second.Offset(), after.Offset()));
        var id = TusCalls.IdOf(path);
        await user.MergedAsync(id);
        await socket.WaitForAsync("file.completed", one => HubSocket.TypeOf(one) == "file.completed" && one.GetProperty("data").GetProperty("file_id").GetString() == id);
        var file = await other.GetAsync($"/v1/files/{id}");
        Assert.Equal(("größe.bin", Convert.ToHexStringLower(SHA256.HashData(content))), (file.GetProperty("filename").GetString(), file.GetProperty("checksum_sha256").GetString()));
        Assert.Equal(content, await other.Http.GetByteArrayAsync($"/v1/files/{id}/content"));
    }

    [Fact]
    public async Task What_came_before_a_cut_counts()
    {
        using var user = await hub.Server.SignInAsync("user1");
        var content = RandomNumberGenerator.GetBytes(8 * Mebibyte);
        var path = await user.CreateTusAsync(content.Length);
        const int sent = (6 * Mebibyte) + 77;
        using var cut = new CutContent(
            content[..sent], content.Length,
            () => Eventually.HoldsAsync("the first piece is there", async () => (await user.StatusAsync(TusCalls.IdOf(path))).GetProperty("percentage").GetDouble() > 0));

        var writes = await WritesAsync();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => user.WriteAsync(path, 0, cut));

        // Whoever asks for the offset takes the upload over, also from a write that has its last bytes still to read.
        await Eventually.HoldsAsync("the write that was cut has ended", async () => await WritesAsync() > writes);
        var offset = (int)await user.OffsetAsync(path);
        Assert.InRange(offset, (5 * Mebibyte) + 1, sent);
        using var rest = await user.WriteAsync(path, offset, content[offset..]);
        Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);
        await user.MergedAsync(TusCalls.IdOf(path));
        Assert.Equal(content, await user.Http.GetByteArrayAsync($"/v1/files/{TusCalls.IdOf(path)}/content"));
    }

    [Fact]
    public async Task Whoever_asks_how_far_an_upload_is_takes_it_over_from_a_connection_that_hangs()
    {
        using var user = await hub.Server.SignInAsync("user1");
        var content = RandomNumberGenerator.GetBytes(2 * Mebibyte);
        var path = await user.CreateTusAsync(content.Length);
        var isSent = new TaskCompletionSource();
        using var released = new SemaphoreSlim(0);
        using var hanging = new CutContent(content[..Mebibyte], content.Length, () =>
        {
            isSent.SetResult();
            return released.WaitAsync();
        });
        var hung = user.WriteAsync(path, 0, hanging);
        await isSent.Task;

        var offset = 0;
        await Eventually.HoldsAsync("what was sent counts", async () => (offset = (int)await user.OffsetAsync(path)) > 0);
        using var rest = await user.WriteAsync(path, offset, content[offset..]);

        Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);
        released.Release();
        _ = await Record.ExceptionAsync(() => hung);
        await user.MergedAsync(TusCalls.IdOf(path));
        Assert.Equal(content, await user.Http.GetByteArrayAsync($"/v1/files/{TusCalls.IdOf(path)}/content"));
    }

    [Theory]
    [InlineData("sha256")]
    [InlineData("sha1")]
    public async Task A_body_with_a_wrong_checksum_leaves_nothing(string algorithm)
    {
        using var user = await hub.Server.SignInAsync("user1");
        var content = RandomNumberGenerator.GetBytes(Mebibyte);
        var path = await user.CreateTusAsync(content.Length);
        var hash = algorithm == "sha1" ? Sha1(content) : SHA256.HashData(content);

        using var damaged = await user.WriteAsync(path, 0, [.. content[..^1], (byte)~content[^1]], ("Upload-Checksum", $"{algorithm} {Convert.ToBase64String(hash)}"));
        var offset = await user.OffsetAsync(path);
        using var good = await user.WriteAsync(path, 0, content, ("Upload-Checksum", $"{algorithm} {Convert.ToBase64String(hash)}"));

        Assert.Equal((ChecksumMismatch, "checksum_mismatch", 0L), ((int)damaged.StatusCode, await damaged.ErrorAsync(), offset));
        Assert.Equal((HttpStatusCode.NoContent, (long)content.Length), (good.StatusCode, good.Offset()));
        await user.MergedAsync(TusCalls.IdOf(path));
    }

    [Fact]
    public async Task Two_writers_at_one_offset_are_one_and_a_conflict()
    {
        using var user = await hub.Server.SignInAsync("user1");
        var path = await user.CreateTusAsync(3 * Mebibyte);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => user.WriteAsync(path, 0, new byte[Mebibyte])));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.NoContent));
        Assert.Equal(3, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(Mebibyte, await user.OffsetAsync(path));
    }

    [Fact]
    public async Task What_breaks_the_protocol_is_refused_in_its_own_words()
    {
        using var user = await hub.Server.SignInAsync("user1");
        var path = await user.CreateTusAsync(10);
        using var foreign = new HttpRequestMessage(HttpMethod.Head, path);
        foreign.Headers.Add("Tus-Resumable", "0.2.2");

        using var version = await user.Http.SendAsync(foreign);
        using var type = await user.TusAsync(HttpMethod.Patch, path, new ByteArrayContent([1]), ("Upload-Offset", "0"));
        using var offset = await user.WriteAsync(path, 4, [1]);
        using var noOffset = await user.WriteAsync(path, -1, [1]);
        using var tooLong = await user.WriteAsync(path, 0, new byte[11]);
        using var algorithm = await user.WriteAsync(path, 0, [1], ("Upload-Checksum", "md5 AAAA"));
        using var large = await user.TryCreateAsync("2147483649", TusCalls.Metadata());
        using var empty = await user.TryCreateAsync("0", TusCalls.Metadata());
        using var unnamed = await user.TryCreateAsync("1", "filename YQ==");
        using var unreadable = await user.TryCreateAsync("1", TusCalls.Metadata() + ",x ?");
        using var trick = await user.TryCreateAsync("1", TusCalls.Metadata(filename: "../../etc/passwd"));

        Assert.Equal((HttpStatusCode.PreconditionFailed, "1.0.0"), (version.StatusCode, version.Header("Tus-Version")));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, type.StatusCode);
        Assert.Equal((HttpStatusCode.Conflict, "offset_mismatch"), (offset.StatusCode, await offset.ErrorAsync()));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLong.StatusCode);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "file_too_large"), (large.StatusCode, await large.ErrorAsync()));
        Assert.All([noOffset, algorithm, empty, unnamed, unreadable, trick], answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));
        Assert.Equal(0, await user.OffsetAsync(path));
    }

    [Fact]
    public async Task Nobody_else_reads_writes_or_ends_an_upload_and_strangers_open_none()
    {
        using var user = await hub.Server.SignInAsync("user1");
        using var member = await hub.Server.SignInAsync("user2");
        using var stranger = await hub.Server.SignInAsync("user9");
        var path = await user.CreateTusAsync(10);

        foreach (var other in new[] { member, stranger })
        {
            using var head = await other.HeadAsync(path);
            using var write = await other.WriteAsync(path, 0, [1]);
            using var delete = await other.TusAsync(HttpMethod.Delete, path, null);
            Assert.All([head, write, delete], answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.Forbidden }));
        }

        using var open = await stranger.TryCreateAsync("1", TusCalls.Metadata());
        using var chunks = await user.HeadAsync($"/v1/tus/{await user.InitiateAsync([1])}");
        using var anonymous = await hub.Server.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.NotFound, HttpStatusCode.Unauthorized), (open.StatusCode, chunks.StatusCode, anonymous.StatusCode));
        Assert.Equal(0, await user.OffsetAsync(path));
    }

    [Fact]
    public async Task An_ended_upload_is_gone_also_where_only_POST_comes_through()
    {
        using var user = await hub.Server.SignInAsync("user1");
        var (one, two) = (await user.CreateTusAsync(10), await user.CreateTusAsync(10));
        using var write = await user.WriteAsync(one, 0, [1, 2]);

        using var deleted = await user.TusAsync(HttpMethod.Delete, one, null);
        using var overridden = await user.TusAsync(HttpMethod.Post, two, null, ("X-HTTP-Method-Override", "DELETE"));
        using var plain = await user.TusAsync(HttpMethod.Post, two, null);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent, HttpStatusCode.MethodNotAllowed), (deleted.StatusCode, overridden.StatusCode, plain.StatusCode));
        using var first = await user.HeadAsync(one);
        using var second = await user.WriteAsync(two, 0, [1]);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (first.StatusCode, second.StatusCode));
    }

    [Fact]
    public async Task A_refused_file_is_gone()
    {
        using var user = await hub.Server.SignInAsync("user1");
        var content = "\u007fELF and so on"u8.ToArray();
        var path = await user.CreateTusAsync(content.Length, type: "image/png");
        using var write = await user.WriteAsync(path, 0, content);
        await user.EndedAsync(TusCalls.IdOf(path));

        using var head = await user.HeadAsync(path);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Gone), (write.StatusCode, head.StatusCode));
    }

    /// <summary>Writes that the server has dealt with, by its own count.</summary>
    private async Task<double> WritesAsync() => (await hub.Server.Http.GetStringAsync("/metrics")).Split('\n')
        .Where(static line => line.StartsWith("http_requests_total{", StringComparison.Ordinal) && line.Contains("method=\"PATCH\"", StringComparison.Ordinal) && line.Contains("/v1/tus/", StringComparison.Ordinal))
        .Sum(static line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));

#pragma warning disable CA5350 // The protocol's own: it finds damage, not attackers.
    private static byte[] Sha1(byte[] content) => SHA1.HashData(content);
#pragma warning restore CA5350
}
