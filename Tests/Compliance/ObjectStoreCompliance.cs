using System.Security.Cryptography;
using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Infrastructure.Objects;

namespace Chat4All.Tests.Compliance;

/// <summary>What every <see cref="IObjectStore"/> must do.</summary>
public abstract class ObjectStoreCompliance(ObjectStoreFixture fixture)
{
    private const int Mebibyte = 1024 * 1024;

    // Asked for before any test: where there is no server each is skipped, also one that expects failures.
    private IObjectStore Store { get; } = fixture.Store;

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(3 * Mebibyte + 1)]
    public async Task An_object_is_what_was_put(int length)
    {
        var (key, bytes) = await PutAsync(length);

        Assert.Equal(length, (await Store.FindAsync(key, CancellationToken.None))!.Value.Length);
        Assert.Equal(bytes, await ReadAsync(key, 0, length));
    }

    [SkippableFact]
    public async Task A_part_of_an_object_is_read_alone()
    {
        var (key, bytes) = await PutAsync(100_000);

        Assert.Equal(bytes[50_000..50_010], await ReadAsync(key, 50_000, 10));
        Assert.Equal(bytes[99_999..], await ReadAsync(key, 99_999, 1));
        Assert.Equal(bytes[..1], await ReadAsync(key, 0, 1));
    }

    [SkippableFact]
    public async Task An_object_that_is_not_there_is_not_found()
    {
        var key = StorageKeys.NewChunk(TimeProvider.System);

        Assert.Null(await Store.FindAsync(key, CancellationToken.None));
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => Store.OpenAsync(key, 0, 1, CancellationToken.None));
        await Store.DeleteAsync([key], CancellationToken.None);
    }

    [SkippableFact]
    public async Task Content_that_breaks_off_leaves_nothing_and_its_failure_comes_out_as_it_is()
    {
        var key = StorageKeys.NewChunk(TimeProvider.System);
        var content = new BrokenContent(Mebibyte, new InvalidOperationException("the client is gone"));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => Store.PutAsync(key, content, 2 * Mebibyte, CancellationToken.None));

        Assert.Equal("the client is gone", failure.Message);
        Assert.Null(await Store.FindAsync(key, CancellationToken.None));
    }

    [SkippableTheory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Content_of_another_length_is_refused_and_nothing_is_kept(int difference)
    {
        var key = StorageKeys.NewChunk(TimeProvider.System);

        await Assert.ThrowsAnyAsync<IOException>(
            () => Store.PutAsync(key, new MemoryStream(new byte[100_000 + difference]), 100_000, CancellationToken.None).UnwrapAsync());

        Assert.Null(await Store.FindAsync(key, CancellationToken.None));
    }

    [SkippableFact]
    public async Task A_cancelled_put_leaves_nothing()
    {
        var key = StorageKeys.NewChunk(TimeProvider.System);
        using var cancelled = new CancellationTokenSource();
        var content = new BrokenContent(Mebibyte, null, cancelled.Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.PutAsync(key, content, 2 * Mebibyte, cancelled.Token));

        Assert.Null(await Store.FindAsync(key, CancellationToken.None));
    }

    public static TheoryData<int[]> Compositions =>
    [
        new[] { 1 },
        new[] { 5 * Mebibyte },
        new[] { 5 * Mebibyte, 5 * Mebibyte, 17 },
        new[] { 1 * Mebibyte, 1 * Mebibyte, 1 * Mebibyte, 100 },
        new[] { 3 * Mebibyte, 3 * Mebibyte, 3 * Mebibyte, 3 * Mebibyte, 1 },
        new[] { 1, 12 * Mebibyte, 2, 5 * Mebibyte, 3, 3, 3 },
    ];

    [SkippableTheory]
    [MemberData(nameof(Compositions))]
    public async Task Objects_are_composed_in_order_and_stay(int[] lengths)
    {
        var parts = new List<StoredPart>();
        var whole = new List<byte>();
        foreach (var length in lengths)
        {
            var (part, bytes) = await PutAsync(length);
            parts.Add(new StoredPart(part, length));
            whole.AddRange(bytes);
        }

        var key = StorageKeys.NewObject(TimeProvider.System);

        await Store.ComposeAsync(key, parts, CancellationToken.None);
        await Store.ComposeAsync(key, parts, CancellationToken.None);

        Assert.Equal(whole.Count, (await Store.FindAsync(key, CancellationToken.None))!.Value.Length);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(whole.ToArray())), Convert.ToHexString(SHA256.HashData(await ReadAsync(key, 0, whole.Count))));
        Assert.NotNull(await Store.FindAsync(parts[0].Key, CancellationToken.None));
    }

    [SkippableFact]
    public async Task A_composition_with_a_missing_part_makes_nothing()
    {
        var (there, _) = await PutAsync(5 * Mebibyte);
        var key = StorageKeys.NewObject(TimeProvider.System);
        StoredPart[] parts = [new(there, 5 * Mebibyte), new(StorageKeys.NewChunk(TimeProvider.System), 10)];

        await Assert.ThrowsAsync<ObjectNotFoundException>(() => Store.ComposeAsync(key, parts, CancellationToken.None));

        Assert.Null(await Store.FindAsync(key, CancellationToken.None));
    }

    [SkippableFact]
    public async Task Objects_are_deleted_together()
    {
        var keys = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            keys.Add((await PutAsync(10)).Key);
        }

        await Store.DeleteAsync([.. keys.Take(4), StorageKeys.NewChunk(TimeProvider.System)], CancellationToken.None);

        Assert.Equal([keys[4]], (await ListAsync(StorageKeys.Chunks)).Select(found => found.Key).Intersect(keys));
    }

    [SkippableFact]
    public async Task Objects_are_listed_by_prefix_with_length_and_age()
    {
        var (chunk, _) = await PutAsync(123);
        var composed = StorageKeys.NewObject(TimeProvider.System);
        await Store.ComposeAsync(composed, [new StoredPart(chunk, 123)], CancellationToken.None);

        var chunks = await ListAsync(StorageKeys.Chunks);

        Assert.DoesNotContain(chunks, found => found.Key == composed);
        Assert.Contains(await ListAsync(StorageKeys.Objects), found => found.Key == composed);
        var listed = chunks.Single(found => found.Key == chunk);
        Assert.Equal(123, listed.Length);
        Assert.InRange(listed.LastModified, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [SkippableFact]
    public async Task What_is_whole_is_not_reclaimed()
    {
        var (key, _) = await PutAsync(10);

        await Store.ReclaimAsync(DateTimeOffset.UtcNow.AddMinutes(1), CancellationToken.None);

        Assert.NotNull(await Store.FindAsync(key, CancellationToken.None));
    }

    [SkippableFact]
    public async Task It_answers() => await Store.PingAsync(CancellationToken.None);

    protected async Task<(string Key, byte[] Bytes)> PutAsync(int length)
    {
        var key = StorageKeys.NewChunk(TimeProvider.System);
        var bytes = RandomNumberGenerator.GetBytes(length);
        await Store.PutAsync(key, new MemoryStream(bytes), length, CancellationToken.None);
        return (key, bytes);
    }

    protected async Task<byte[]> ReadAsync(string key, long offset, int length)
    {
        await using var stream = await Store.OpenAsync(key, offset, length, CancellationToken.None);
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }

    private async Task<List<StoredObject>> ListAsync(string prefix)
    {
        var found = new List<StoredObject>();
        await foreach (var one in Store.ListAsync(prefix, CancellationToken.None))
        {
            found.Add(one);
        }

        return found;
    }
}

internal static class ObjectStoreFailures
{
    /// <summary>Content that is too long is no failure of I/O, but refused all the same.</summary>
    public static async Task UnwrapAsync(this Task put)
    {
        try
        {
            await put;
        }
        catch (InvalidDataException refused)
        {
            throw new IOException(refused.Message, refused);
        }
    }
}
