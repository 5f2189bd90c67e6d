using Microsoft.Win32.SafeHandles;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>The embedded store: one SQLite file and its write-ahead log.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>Path of the database file; its folder is created when missing.</summary>
    public required string Path { get; init; }

    /// <summary>Connections that read in parallel. Default 4, 1 to 64.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>Writes that may wait for the one writer; more are refused as unavailable. Default 4,096, 1 to 1,000,000.</summary>
    public int WriteQueue { get; init; } = 4096;

    /// <summary>Pages of the write-ahead log after which it is copied into the database. Default 32,000 (128 MB), 100 to 1,000,000.</summary>
    public int CheckpointPages { get; init; } = 32_000;

    /// <summary>Puts the write-ahead log on the disk, or throws <see cref="IOException"/>; a test's place to hold it up or to fail.</summary>
    internal Action<SafeFileHandle> SyncLog { get; init; } = SqliteLogSync.ToDisk;

    /// <summary>Throws <see cref="ArgumentException"/>, naming the setting, when a bound is broken.</summary>
    public SqliteStoreOptions Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Path);
        ArgumentOutOfRangeException.ThrowIfLessThan(Readers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Readers, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(WriteQueue, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(WriteQueue, 1_000_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(CheckpointPages, 100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CheckpointPages, 1_000_000);
        return this;
    }
}
