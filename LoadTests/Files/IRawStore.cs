namespace Chat4All.LoadTests.Files;

/// <summary>The store that uploads end up in, written to directly: what the server's rate is compared with.</summary>
internal interface IRawStore
{
    string Description { get; }

    /// <summary>Stores one object durably.</summary>
    Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Reads what the last write stored, to its end.</summary>
    Task<long> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Deletes everything that was written.</summary>
    Task ClearAsync(CancellationToken cancellationToken);
}
