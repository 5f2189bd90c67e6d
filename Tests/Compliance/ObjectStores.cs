using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Infrastructure.Objects;

namespace Chat4All.Tests.Compliance;

public sealed class FileObjectStoreTests(FileObjectStoreFixture fixture) : ObjectStoreCompliance(fixture), IClassFixture<FileObjectStoreFixture>
{
    private readonly FileObjectStoreFixture _fixture = fixture;

    [SkippableFact]
    public async Task A_draft_that_a_crash_left_is_reclaimed_when_it_is_old()
    {
        var (key, _) = await PutAsync(1);
        var draft = Path.Combine(_fixture.Folder, "drafts", "left");
        await File.WriteAllBytesAsync(draft, new byte[7]);

        Assert.Equal(default, await _fixture.Store.ReclaimAsync(DateTimeOffset.UtcNow.AddMinutes(-1), CancellationToken.None));
        Assert.Equal(new Reclaimed(1, 7), await _fixture.Store.ReclaimAsync(DateTimeOffset.UtcNow.AddMinutes(1), CancellationToken.None));

        Assert.False(File.Exists(draft));
        Assert.NotNull(await _fixture.Store.FindAsync(key, CancellationToken.None));
    }

    [Fact]
    public async Task A_folder_that_has_vanished_is_a_store_that_is_away_until_it_is_back()
    {
        var (key, bytes) = await PutAsync(10);
        var away = _fixture.Folder + ".away";
        Directory.Move(_fixture.Folder, away);
        try
        {
            await Assert.ThrowsAsync<ObjectStoreUnavailableException>(() => PutAsync(10));
            await Assert.ThrowsAsync<ObjectStoreUnavailableException>(() => _fixture.Store.OpenAsync(key, 0, 10, CancellationToken.None));
            await Assert.ThrowsAsync<ObjectStoreUnavailableException>(() => _fixture.Store.ReclaimAsync(DateTimeOffset.UtcNow, CancellationToken.None));
            await Assert.ThrowsAsync<ObjectStoreUnavailableException>(
                () => _fixture.Store.ComposeAsync(StorageKeys.NewObject(TimeProvider.System), [new StoredPart(key, 10)], CancellationToken.None));
        }
        finally
        {
            Directory.Move(away, _fixture.Folder);
        }

        await PutAsync(10);
        await using var content = await _fixture.Store.OpenAsync(key, 0, 10, CancellationToken.None);
        var read = new byte[10];
        await content.ReadExactlyAsync(read);
        Assert.Equal(bytes, read);
    }

    [Fact]
    public async Task A_folder_within_that_was_removed_is_made_again()
    {
        var (key, _) = await PutAsync(10);
        Directory.Delete(Path.GetDirectoryName(Path.Combine(_fixture.Folder, key))!, recursive: true);
        var again = key[..^1] + (key[^1] == '0' ? '1' : '0');

        await Assert.ThrowsAsync<ObjectStoreUnavailableException>(() => _fixture.Store.PutAsync(again, new MemoryStream([1]), 1, CancellationToken.None));
        await _fixture.Store.PutAsync(again, new MemoryStream([1]), 1, CancellationToken.None);

        Assert.NotNull(await _fixture.Store.FindAsync(again, CancellationToken.None));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("chunks/..")]
    [InlineData("chunks/A")]
    [InlineData("")]
    public async Task A_key_that_this_system_did_not_make_is_refused(string key) =>
        await Assert.ThrowsAsync<ArgumentException>(() => _fixture.Store.FindAsync(key, CancellationToken.None));

    [Fact]
    public void It_serves_no_clients_itself() =>
        Assert.Null(_fixture.Store.Presign(StorageKeys.NewObject(TimeProvider.System), TimeSpan.FromMinutes(5), "image/png", "attachment"));
}

[Trait("Category", "Integration")]
public sealed class S3ObjectStoreTests(S3ObjectStoreFixture fixture) : ObjectStoreCompliance(fixture), IClassFixture<S3ObjectStoreFixture>
{
    private readonly S3ObjectStoreFixture _fixture = fixture;

    [SkippableFact]
    public async Task What_others_began_in_the_same_bucket_is_not_reclaimed()
    {
        await PutAsync(1);
        using var client = _fixture.Client();
        await client.InitiateMultipartUploadAsync(_fixture.Bucket, StorageKeys.NewObject(TimeProvider.System));
        var others = await client.InitiateMultipartUploadAsync(_fixture.Bucket, "backups/database.tar");

        var reclaimed = await _fixture.Store.ReclaimAsync(DateTimeOffset.UtcNow.AddMinutes(1), CancellationToken.None);

        Assert.Equal(1, reclaimed.Objects);
        var left = await client.ListMultipartUploadsAsync(_fixture.Bucket);
        Assert.Equal([others.UploadId], left.MultipartUploads.Select(upload => upload.UploadId));
    }

    [SkippableFact]
    public async Task A_presigned_link_serves_the_object_under_the_name_and_type_that_it_was_given()
    {
        var (key, bytes) = await PutAsync(1000);
        using var http = new HttpClient();
        var link = _fixture.Store.Presign(key, TimeSpan.FromMinutes(5), "image/png", "attachment; filename=\"a.png\"")!;

        using var answer = await http.GetAsync(link);
        using var forged = await http.GetAsync(new Uri(link.ToString().Replace("Signature=", "Signature=0", StringComparison.Ordinal)));

        Assert.Equal(bytes, await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/png", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment; filename=\"a.png\"", answer.Content.Headers.ContentDisposition!.ToString());
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, forged.StatusCode);
    }
}
