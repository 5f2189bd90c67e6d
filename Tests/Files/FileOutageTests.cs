using System.Net;
using System.Security.Cryptography;
using Chat4All.Tests.Hosting;
using static Chat4All.Tests.Files.FileCalls;

namespace Chat4All.Tests.Files;

/// <summary>What happens to uploads when something else fails.</summary>
[Trait("Category", "Integration")]
public sealed class FileOutageTests
{
    [Theory]
    [InlineData("nothing")]
    [InlineData("drafts")]
    [InlineData("objects")]
    public async Task A_server_that_is_killed_while_it_merges_ends_the_merge_when_it_is_back(string awaited)
    {
        await using var hub = await HubServer.StartAsync(new HubOptions { Environment = new Dictionary<string, string> { ["Files__MergeAgainAfter"] = "00:00:01" } });
        using var user = await hub.SignInAsync("user1");
        var content = RandomNumberGenerator.GetBytes(64 * Mebibyte);
        var id = await user.InitiateAsync(content, chunkSize: 16 * Mebibyte, checksum: Convert.ToHexStringLower(SHA256.HashData(content)));
        await user.SendChunksAsync(id, content, 16 * Mebibyte);

        await user.CompleteAsync(id);
        await Eventually.HoldsAsync("the merge is that far", () => awaited == "nothing" || Count(hub, awaited) + Count(hub, "objects") > 0);
        await hub.KillAndStartAgainAsync();
        await user.MergedAsync(id);

        Assert.Equal(content, await user.Http.GetByteArrayAsync($"/v1/files/{id}/content"));
        await Eventually.HoldsAsync("the chunks are gone", () => Count(hub, "chunks") == 0);
    }

    [Fact]
    public async Task An_upload_goes_on_after_a_restart_where_it_was()
    {
        await using var hub = await HubServer.StartAsync();
        using var user = await hub.SignInAsync("user1");
        var content = RandomNumberGenerator.GetBytes(3 * Mebibyte);
        var id = await user.InitiateAsync(content, checksum: Convert.ToHexStringLower(SHA256.HashData(content)));
        using var first = await user.ChunkAsync(id, 1, content[..Mebibyte]);

        await hub.KillAndStartAgainAsync();

        Assert.Equal([2, 3], (await user.StatusAsync(id)).GetProperty("missing_chunks").EnumerateArray().Select(number => number.GetInt32()));
        await user.SendChunksAsync(id, content);
        await user.CompleteAsync(id);
        await user.MergedAsync(id);
    }

    [Fact]
    public async Task An_expired_upload_takes_nothing_more_and_is_collected()
    {
        await using var hub = await HubServer.StartAsync(new HubOptions
        {
            Environment = new Dictionary<string, string> { ["Files__Expiry"] = "00:00:01", ["Files__OrphanAge"] = "00:00:00" },
        });
        using var user = await hub.SignInAsync("user1");
        using var admin = await hub.SignInAsAdminAsync();
        var id = await user.InitiateAsync(new byte[2 * Mebibyte]);
        using var first = await user.ChunkAsync(id, 1, new byte[Mebibyte]);

        await Eventually.HoldsAsync("the upload expires", async () =>
        {
            using var late = await user.ChunkAsync(id, 2, new byte[Mebibyte]);
            return late.StatusCode == HttpStatusCode.NotFound ? await late.ErrorAsync() == "upload_expired" : late.StatusCode != HttpStatusCode.OK;
        });
        using var complete = await user.Http.PostAsync($"/v1/files/{id}/complete", null);
        var collected = await admin.PostAsync("/v1/admin/files/collect", new { }, HttpStatusCode.OK);

        Assert.Equal((HttpStatusCode.NotFound, "upload_expired"), (complete.StatusCode, await complete.ErrorAsync()));
        Assert.Equal(1, collected.GetProperty("expired_uploads").GetInt32());
        Assert.True(collected.GetProperty("freed_bytes").GetInt64() >= Mebibyte, collected.GetRawText());
        Assert.Equal(0, Count(hub, "chunks"));
    }

    [SkippableFact]
    public async Task A_full_disk_is_507_and_the_upload_goes_on_when_there_is_room()
    {
        using var disk = await SmallDisk.MakeAsync("2500k");
        await using var hub = await HubServer.StartAsync(new HubOptions { Environment = new Dictionary<string, string> { ["Files__Folder"] = disk.Folder } });
        using var user = await hub.SignInAsync("user1");
        var content = RandomNumberGenerator.GetBytes(4 * Mebibyte);
        var id = await user.InitiateAsync(content);
        using var first = await user.ChunkAsync(id, 1, content[..Mebibyte]);
        using var second = await user.ChunkAsync(id, 2, content[Mebibyte..(2 * Mebibyte)]);

        using var third = await user.ChunkAsync(id, 3, content[(2 * Mebibyte)..(3 * Mebibyte)]);
        Assert.Equal(((HttpStatusCode)507, "storage_full"), (third.StatusCode, await third.ErrorAsync()));

        await disk.ResizeAsync("20m");
        await user.SendChunksAsync(id, content);
        await user.CompleteAsync(id);
        await user.MergedAsync(id);
        Assert.Equal(content, await user.Http.GetByteArrayAsync($"/v1/files/{id}/content"));
    }

    [Fact]
    public async Task A_download_that_finds_no_store_is_503_and_has_nothing_of_the_file()
    {
        await using var hub = await HubServer.StartAsync();
        using var user = await hub.SignInAsync("user1");
        var id = await user.UploadAsync(RandomNumberGenerator.GetBytes(1000));
        var folder = Path.Combine(hub.DataFolder, "files");
        Directory.Move(folder, folder + ".away");

        using var whole = await user.ContentAsync(id);
        using var part = await user.ContentAsync(id, ("Range", "bytes=0-9"));
        using var parts = await user.ContentAsync(id, ("Range", "bytes=0-9,20-29"));
        using var chunk = await user.ChunkAsync(await user.InitiateAsync(new byte[10]), 1, new byte[10]);
        Directory.Move(folder + ".away", folder);
        using var again = await user.ContentAsync(id);

        foreach (var answer in new[] { whole, part, parts, chunk })
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "storage_unavailable"), (answer.StatusCode, await answer.ErrorAsync()));
            Assert.Null(answer.Headers.ETag);
            Assert.DoesNotContain(answer.Content.Headers, header => header.Key is "Content-Disposition" or "Content-Range" or "Last-Modified");
        }

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [SkippableTheory]
    [InlineData("a folder")]
    [InlineData("a bucket")]
    public async Task Ten_uploads_of_large_chunks_at_once_take_no_memory(string store)
    {
        Skip.If(!OperatingSystem.IsLinux(), "The peak of a process's memory is read from /proc.");
        Skip.If(store == "a bucket" && !S3Server.IsAvailable, S3Server.SkipReason);
        const int size = 50 * Mebibyte;
        await using var hub = await HubServer.StartAsync(new HubOptions { Environment = store == "a bucket" ? S3Server.Shared.Environment : new Dictionary<string, string>() });
        using var user = await hub.SignInAsync("user1");
        var chunk = new byte[size];
        await user.UploadAsync(new byte[Mebibyte]);
        var before = Peak(hub);

        var uploads = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            var id = await user.InitiateAsync(chunk, chunkSize: size);
            using var answer = await user.ChunkAsync(id, 1, chunk);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return id;
        }));

        var grown = Peak(hub) - before;

        // The bucket is in the memory of a server that other tests use too.
        foreach (var id in uploads)
        {
            using var gone = await user.Http.DeleteAsync($"/v1/files/{id}");
            Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        }

        Assert.InRange(grown, 0, 60L * Mebibyte);
    }

    [SkippableFact]
    public async Task Twelve_bodies_of_tus_at_once_take_a_piece_each_and_no_more()
    {
        Skip.If(!OperatingSystem.IsLinux(), "The peak of a process's memory is read from /proc.");
        const int bodies = 12;
        await using var hub = await HubServer.StartAsync();
        using var user = await hub.SignInAsync("user1");
        var conversation = await user.CreateGroupAsync(["user1", "user2", "user3"]);
        var content = new byte[40 * Mebibyte];
        await user.UploadAsync(new byte[Mebibyte]);
        var before = Peak(hub);

        await Task.WhenAll(Enumerable.Range(0, bodies).Select(async i =>
        {
            using var one = await hub.SignInAsync($"user{(i % 3) + 1}");
            using var answer = await one.WriteAsync(await one.CreateTusAsync(content.Length, conversation), 0, content);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        }));

        Assert.InRange(Peak(hub) - before, 0, (bodies * 5L * Mebibyte) + (40L * Mebibyte));
    }

    /// <summary>Files in a folder of the object store.</summary>
    private static int Count(HubServer hub, string name)
    {
        var folder = Path.Combine(hub.DataFolder, "files", name);
        return Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length : 0;
    }

    /// <summary>The most memory that the server ever had, in bytes.</summary>
    private static long Peak(HubServer hub) =>
        File.ReadLines($"/proc/{hub.ProcessId}/status").Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Select(line => long.Parse(line[6..^3].Trim(), System.Globalization.CultureInfo.InvariantCulture) * 1024).Single();
}
