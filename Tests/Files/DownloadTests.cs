using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Chat4All.Silo.Files;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Files;

/// <summary>Contents: whole, in parts, under conditions, and by signed links.</summary>
[Trait("Category", "Integration")]
public sealed class DownloadTests(HubFixture hub) : IClassFixture<HubFixture>, IAsyncLifetime
{
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(10_000);
    private HubClient _user = null!;
    private string _file = "";

    public async Task InitializeAsync()
    {
        _user = await hub.Server.SignInAsync("user1");
        _file = await _user.UploadAsync(_content, filename: "Grüße \"1\".bin");
    }

    public Task DisposeAsync()
    {
        _user.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task The_whole_comes_with_what_a_client_must_know()
    {
        using var answer = await _user.ContentAsync(_file);

        Assert.Equal(_content, await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal((10_000, "application/octet-stream"), ((int)answer.Content.Headers.ContentLength!, answer.Content.Headers.ContentType!.ToString()));
        Assert.Equal("bytes", answer.Headers.AcceptRanges.ToString());
        Assert.Equal($"\"{Convert.ToHexStringLower(SHA256.HashData(_content))}\"", answer.Headers.ETag!.ToString());
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(
            ["attachment; filename=\"Gr__e _1_.bin\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%221%22.bin"], answer.Content.Headers.GetValues("Content-Disposition"));
    }

    [Fact]
    public async Task HEAD_tells_the_same_without_the_content()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, $"/v1/files/{_file}/content");

        using var answer = await _user.Http.SendAsync(request);

        Assert.Equal((HttpStatusCode.OK, 10_000L), (answer.StatusCode, answer.Content.Headers.ContentLength!.Value));
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=100-199", 100, 100)]
    [InlineData("bytes=9990-", 9990, 10)]
    [InlineData("bytes=9990-20000", 9990, 10)]
    [InlineData("bytes=-5", 9995, 5)]
    [InlineData("bytes=-20000", 0, 10_000)]
    [InlineData("bytes=20000-20001,3-4", 3, 2)]
    public async Task A_part_is_served_alone(string range, int offset, int length)
    {
        using var answer = await _user.ContentAsync(_file, ("Range", range));

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal($"bytes {offset}-{offset + length - 1}/10000", answer.Content.Headers.ContentRange!.ToString());
        Assert.Equal(_content[offset..(offset + length)], await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Several_parts_come_in_one_answer()
    {
        using var answer = await _user.ContentAsync(_file, ("Range", "bytes=0-9, 5000-5001, -3"));

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        var body = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(body.Length, answer.Content.Headers.ContentLength);
        var type = answer.Content.Headers.ContentType!;
        Assert.Equal("multipart/byteranges", type.MediaType);
        var boundary = type.Parameters.Single(parameter => parameter.Name == "boundary").Value!;
        var reader = new Microsoft.AspNetCore.WebUtilities.MultipartReader(boundary, new MemoryStream(body));
        foreach (var (offset, length) in new[] { (0, 10), (5000, 2), (9997, 3) })
        {
            var section = (await reader.ReadNextSectionAsync())!;
            using var part = new MemoryStream();
            await section.Body.CopyToAsync(part);
            Assert.Equal($"bytes {offset}-{offset + length - 1}/10000", section.Headers!["Content-Range"].ToString());
            Assert.Equal(_content[offset..(offset + length)], part.ToArray());
        }

        Assert.Null(await reader.ReadNextSectionAsync());
    }

    [Theory]
    [InlineData("bytes=10000-")]
    [InlineData("bytes=-0")]
    [InlineData("bytes=20000-30000,40000-")]
    public async Task A_part_outside_is_416(string range)
    {
        using var answer = await _user.ContentAsync(_file, ("Range", range));

        Assert.Equal((HttpStatusCode.RequestedRangeNotSatisfiable, "bytes */10000"), (answer.StatusCode, answer.Content.Headers.ContentRange!.ToString()));
        Assert.Equal("range_not_satisfiable", await answer.ErrorAsync());
    }

    [Theory]
    [InlineData("bytes=5-3")]
    [InlineData("lines=1-2")]
    [InlineData("bytes=x")]
    [InlineData("bytes=0-9999,0-9999")]
    [InlineData("bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8,9-9,10-10,11-11,12-12,13-13,14-14,15-15,16-16")]
    public async Task What_is_no_range_or_too_many_gets_the_whole(string range)
    {
        using var answer = await _user.ContentAsync(_file, ("Range", range));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(_content, await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task What_a_client_has_is_not_sent_again()
    {
        using var first = await _user.ContentAsync(_file);
        var tag = first.Headers.ETag!.ToString();
        var modified = first.Content.Headers.LastModified!.Value.ToString("R");

        using var known = await _user.ContentAsync(_file, ("If-None-Match", $"\"other\", W/{tag}"));
        using var any = await _user.ContentAsync(_file, ("If-None-Match", "*"));
        using var since = await _user.ContentAsync(_file, ("If-Modified-Since", modified));
        using var changed = await _user.ContentAsync(_file, ("If-None-Match", "\"other\""), ("If-Modified-Since", modified));
        using var same = await _user.ContentAsync(_file, ("Range", "bytes=0-9"), ("If-Range", tag));
        using var stale = await _user.ContentAsync(_file, ("Range", "bytes=0-9"), ("If-Range", "\"other\""));

        Assert.All(new[] { known, any, since }, answer => Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode));
        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.PartialContent, HttpStatusCode.OK], new[] { changed, same, stale }.Select(answer => answer.StatusCode));
    }

    [Fact]
    public async Task Members_alone_may_fetch_it_but_a_signed_link_serves_anybody_until_it_ends()
    {
        using var outsider = await hub.Server.SignInAsync("user9");
        using var refused = await outsider.ContentAsync(_file);
        using var nobody = await hub.Server.Http.GetAsync($"/v1/files/{_file}/content");
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized), (refused.StatusCode, nobody.StatusCode));

        var link = await SignAsync(DateTimeOffset.UtcNow);
        using var served = await hub.Server.Http.GetAsync(link);
        using var forged = await hub.Server.Http.GetAsync(link.AbsoluteUri[..^1] + (link.AbsoluteUri[^1] == '0' ? '1' : '0'));
        using var other = await hub.Server.Http.GetAsync(link.AbsoluteUri.Replace(_file, await _user.UploadAsync([1]), StringComparison.Ordinal));
        using var ended = await hub.Server.Http.GetAsync(await SignAsync(DateTimeOffset.UtcNow.AddMinutes(-6)));

        Assert.Equal(_content, await served.Content.ReadAsByteArrayAsync());
        Assert.All(new[] { forged, other, ended }, answer => Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode));
        Assert.DoesNotContain(link.Query[(link.Query.IndexOf("signature=", StringComparison.Ordinal) + 10)..], hub.Server.Output, StringComparison.Ordinal);
    }

    /// <summary>A link as connectors get it, made at some time.</summary>
    private async Task<Uri> SignAsync(DateTimeOffset now)
    {
        var key = Convert.FromHexString((await File.ReadAllTextAsync(Path.Combine(hub.Server.DataFolder, "file-link-key"))).Trim());
        var options = new FileLinkOptions { Key = key, Lifetime = TimeSpan.FromMinutes(5), BaseUrl = () => hub.Server.BaseUrl };
        return new FileLinks(null!, null!, options, new StoppedClock(now)).Sign(_file);
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
