using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Amazon.S3;
using Chat4All.Tests.Hosting;
using static Chat4All.Tests.Files.FileCalls;

namespace Chat4All.Tests.Files;

/// <summary>The same uploads into a bucket.</summary>
[Trait("Category", "Integration")]
public sealed class S3UploadTests
{
    [SkippableTheory]
    [InlineData(HubStore.Sqlite)]
    [InlineData(HubStore.Postgres)]
    public async Task Chunks_are_merged_by_the_server_and_downloads_are_redirected_to_it(HubStore store)
    {
        Skip.IfNot(S3Server.IsAvailable, S3Server.SkipReason);
        Skip.If(store == HubStore.Postgres && !PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        await using var hub = await HubServer.StartAsync(new HubOptions { Store = store, Demo = true, Environment = S3Server.Shared.Environment });
        using var user = await hub.SignInAsync("user1");
        var content = RandomNumberGenerator.GetBytes((12 * Mebibyte) + 1);

        var id = await user.UploadAsync(content, filename: "a b.bin", chunkSize: 5 * Mebibyte);

        using var direct = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        direct.DefaultRequestHeaders.Authorization = user.Http.DefaultRequestHeaders.Authorization;
        using var redirect = await direct.GetAsync(new Uri(hub.BaseUrl, $"/v1/files/{id}/content"));
        Assert.Equal(HttpStatusCode.Redirect, redirect.StatusCode);
        var ends = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(redirect.Headers.Location!.Query)["X-Amz-Expires"].ToString();
        Assert.InRange(int.Parse(ends, System.Globalization.CultureInfo.InvariantCulture), 295, 301);
        using var anybody = new HttpClient();
        using var served = await anybody.GetAsync(redirect.Headers.Location);
        Assert.Equal(content, await served.Content.ReadAsByteArrayAsync());
        Assert.Equal("attachment; filename=\"a b.bin\"", served.Content.Headers.ContentDisposition!.ToString());
        Assert.Equal(content, await user.Http.GetByteArrayAsync($"/v1/files/{id}/content?redirect=false"));
    }

    [SkippableFact]
    public async Task Without_redirects_the_hub_serves_the_bucket_itself()
    {
        Skip.IfNot(S3Server.IsAvailable, S3Server.SkipReason);
        await using var hub = await HubServer.StartAsync(new HubOptions { Environment = new Dictionary<string, string>(S3Server.Shared.Environment) { ["Files__Redirect"] = "false" } });
        using var user = await hub.SignInAsync("user1");
        var content = RandomNumberGenerator.GetBytes(1000);
        var id = await user.UploadAsync(content);
        using var direct = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        direct.DefaultRequestHeaders.Authorization = user.Http.DefaultRequestHeaders.Authorization;

        using var answer = await direct.GetAsync(new Uri(hub.BaseUrl, $"/v1/files/{id}/content"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(content, await answer.Content.ReadAsByteArrayAsync());
    }

    [SkippableFact]
    public async Task A_server_that_is_killed_around_its_merge_ends_it_when_it_is_back()
    {
        Skip.IfNot(S3Server.IsAvailable, S3Server.SkipReason);
        var access = S3Server.Shared;
        await using var hub = await HubServer.StartAsync(new HubOptions { Environment = new Dictionary<string, string>(access.Environment) { ["Files__MergeAgainAfter"] = "00:00:01" } });
        using var user = await hub.SignInAsync("user1");
        using var s3 = new AmazonS3Client(access.AccessKey, access.SecretKey, new AmazonS3Config { ServiceURL = access.Endpoint.ToString(), ForcePathStyle = true });
        var content = RandomNumberGenerator.GetBytes(60 * Mebibyte);
        var id = await user.InitiateAsync(content, chunkSize: 6 * Mebibyte, checksum: Convert.ToHexStringLower(SHA256.HashData(content)));
        await user.SendChunksAsync(id, content, 6 * Mebibyte);

        await user.CompleteAsync(id);
        await Eventually.HoldsAsync("the parts are being copied", async () =>
            (await s3.ListMultipartUploadsAsync(access.Bucket)).MultipartUploads is { Count: > 0 } || (await user.StatusAsync(id)).GetProperty("status").GetString() == "completed");
        await hub.KillAndStartAgainAsync();
        await user.MergedAsync(id);

        Assert.Equal(content, await user.Http.GetByteArrayAsync($"/v1/files/{id}/content"));
        await Eventually.HoldsAsync("the chunks are gone", async () => (await s3.ListObjectsAsync(access.Bucket, "chunks/")).S3Objects is null or { Count: 0 });
    }

    [SkippableFact]
    public async Task While_the_server_is_away_chunks_are_503_and_the_upload_goes_on_when_it_is_back()
    {
        Skip.IfNot(S3Server.IsAvailable, S3Server.SkipReason);
        await using var s3 = await S3Server.CreateAsync();
        await using var hub = await HubServer.StartAsync(new HubOptions { Environment = s3.Access.Environment });
        using var user = await hub.SignInAsync("user1");
        var content = RandomNumberGenerator.GetBytes(3 * Mebibyte);
        var id = await user.InitiateAsync(content, checksum: Convert.ToHexStringLower(SHA256.HashData(content)));
        using var first = await user.ChunkAsync(id, 1, content[..Mebibyte]);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);

        await s3.PauseAsync();
        using var away = await user.ChunkAsync(id, 2, content[Mebibyte..(2 * Mebibyte)]);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "storage_unavailable"), (away.StatusCode, await away.ErrorAsync()));
        Assert.NotNull(away.Headers.RetryAfter);
        using var ready = await hub.Http.GetAsync("/ready");
        var dependencies = (await ready.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("dependencies");
        Assert.Equal((HttpStatusCode.OK, "down"), (ready.StatusCode, dependencies.GetProperty("s3").GetProperty("status").GetString()));
        await s3.ResumeAsync();

        Assert.Equal([2, 3], (await user.StatusAsync(id)).GetProperty("missing_chunks").EnumerateArray().Select(number => number.GetInt32()));
        await user.SendChunksAsync(id, content);
        await s3.PauseAsync();
        await user.CompleteAsync(id);
        await s3.ResumeAsync();
        await user.MergedAsync(id);
        Assert.Equal(content, await user.Http.GetByteArrayAsync($"/v1/files/{id}/content"));
    }

    [SkippableFact]
    public async Task A_server_that_goes_away_in_the_middle_of_a_chunk_is_503_and_the_chunk_is_sent_again()
    {
        Skip.IfNot(S3Server.IsAvailable, S3Server.SkipReason);
        const int size = 12 * Mebibyte;
        await using var s3 = await S3Server.CreateAsync();
        await using var hub = await HubServer.StartAsync(new HubOptions { Environment = s3.Access.Environment });
        using var user = await hub.SignInAsync("user1");
        var content = RandomNumberGenerator.GetBytes(size + 1);
        var id = await user.InitiateAsync(content, chunkSize: size, checksum: Convert.ToHexStringLower(SHA256.HashData(content)));

        using var away = await user.Http.PostAsync($"/v1/files/{id}/chunks?chunk_number=1", new PausedContent(content[..size], size / 2, s3.PauseAsync));
        await s3.ResumeAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "storage_unavailable"), (away.StatusCode, await away.ErrorAsync()));

        Assert.Equal([1, 2], (await user.StatusAsync(id)).GetProperty("missing_chunks").EnumerateArray().Select(number => number.GetInt32()));
        await user.SendChunksAsync(id, content, size);
        await user.CompleteAsync(id);
        await user.MergedAsync(id);
        Assert.Equal(content, await user.Http.GetByteArrayAsync($"/v1/files/{id}/content"));
    }
}
