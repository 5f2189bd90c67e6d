namespace Chat4All.Grains.Ports;

/// <summary>The store as a whole: schema, health, ownership, copies.</summary>
public interface IStoreAdministration
{
    /// <summary><c>sqlite</c> or <c>postgres</c>; names the dependency in <c>/ready</c>.</summary>
    string Name { get; }

    /// <summary>Applies pending migrations under a lock; refuses a schema that is newer or whose checksums differ, with an error that names the migration. Answers whether the store was empty before.</summary>
    Task<bool> MigrateAsync(CancellationToken cancellationToken);

    /// <summary>Throws <see cref="StoreUnavailableException"/> unless the store answers a trivial query.</summary>
    Task PingAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Makes this process the only writer of the store (the Local engine needs that). Throws <see cref="InvalidOperationException"/>, naming the Orleans engine, when another process is.
    /// While the lock is lost (its connection broke) writes throw <see cref="StoreUnavailableException"/> until it is back. Dispose to give it up.
    /// </summary>
    Task<IAsyncDisposable> AcquireWriterLockAsync(CancellationToken cancellationToken);

    /// <summary>Writes a consistent copy of every row to a new file, while the store is in use.</summary>
    Task BackupAsync(string file, CancellationToken cancellationToken);

    /// <summary>Replaces the content of an empty or unused store by a backup's. Backups can be restored into the other kind of store too.</summary>
    Task RestoreAsync(string file, CancellationToken cancellationToken);
}
