using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Files;

/// <summary>
/// Keys of objects: random, so that none is ever used twice. An object whose last reference is gone can therefore never be referenced again, and the collector may take its time.
/// </summary>
public static class StorageKeys
{
    /// <summary>What holds every piece of every open upload.</summary>
    public const string Chunks = "chunks/";

    /// <summary>What holds every merged file.</summary>
    public const string Objects = "objects/";

    /// <summary>A key for a piece that is about to be stored.</summary>
    public static string NewChunk(TimeProvider time) => New(Chunks, time);

    /// <summary>A key for a merged file.</summary>
    public static string NewObject(TimeProvider time) => New(Objects, time);

    private static string New(string prefix, TimeProvider time)
    {
        // The first half of the id is a clock; its end spreads evenly over 256 folders.
        var id = Guid.CreateVersion7(time.GetUtcNow()).ToString("n");
        return $"{prefix}{id[^2..]}/{id}";
    }
}
