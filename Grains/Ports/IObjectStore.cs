namespace Chat4All.Grains.Ports;

/// <summary>
/// Keeps bytes under keys that this system makes (<see cref="StorageKeys"/>); never a key that a client chose. What is written is durable when a call completes, and an object is there
/// whole or not at all. Throws <see cref="ObjectStoreUnavailableException"/> and <see cref="ObjectStoreFullException"/>.
/// </summary>
public interface IObjectStore
{
    /// <summary>Its name in <c>/ready</c>: <c>files</c> or <c>s3</c>.</summary>
    string Name { get; }

    /// <summary>Stores a new object of exactly this length. What <paramref name="content"/> throws comes out as it is, and then nothing is kept.</summary>
    Task PutAsync(string key, Stream content, long length, CancellationToken cancellationToken);

    /// <summary>The object's length and age; null when there is none.</summary>
    Task<StoredObject?> FindAsync(string key, CancellationToken cancellationToken);

    /// <summary>Reads a part of an object. Throws <see cref="ObjectNotFoundException"/>.</summary>
    Task<Stream> OpenAsync(string key, long offset, long length, CancellationToken cancellationToken);

    /// <summary>
    /// Makes a new object of these, in this order, where they are stored: no bytes come through this process but for parts that the store is too coarse for. Made again after a crash,
    /// it is the same. The parts stay.
    /// </summary>
    Task ComposeAsync(string key, IReadOnlyList<StoredPart> parts, CancellationToken cancellationToken);

    /// <summary>Deletes objects; those that are not there are fine.</summary>
    Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken);

    /// <summary>Every object whose key starts so, in no order.</summary>
    IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Deletes what puts and compositions that began before this moment have left half done. Answers how many and their bytes where the store can tell.</summary>
    Task<Reclaimed> ReclaimAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>A link that anybody can GET the object by until it ends; null where the store serves no clients.</summary>
    Uri? Presign(string key, TimeSpan lifetime, string contentType, string contentDisposition);

    /// <summary>Throws unless the store answers.</summary>
    Task PingAsync(CancellationToken cancellationToken);
}

/// <summary>An object as listed.</summary>
public readonly record struct StoredObject(string Key, long Length, DateTimeOffset LastModified);

/// <summary>A part of a composition.</summary>
public readonly record struct StoredPart(string Key, long Length);

/// <summary>What a clean-up freed.</summary>
public readonly record struct Reclaimed(int Objects, long Bytes)
{
    public static Reclaimed operator +(Reclaimed one, Reclaimed other) => new(one.Objects + other.Objects, one.Bytes + other.Bytes);
}

/// <summary>The object store could not be reached or refused for a passing reason.</summary>
public sealed class ObjectStoreUnavailableException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>There is no room left for an object.</summary>
public sealed class ObjectStoreFullException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>There is no object of that key.</summary>
public sealed class ObjectNotFoundException(string message, Exception? cause = null) : Exception(message, cause);
