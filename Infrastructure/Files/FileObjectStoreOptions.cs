namespace Chat4All.Infrastructure.Files;

/// <summary>Where the local object store is.</summary>
public sealed record FileObjectStoreOptions
{
    /// <summary>Its folder; made when missing. Nodes of a cluster must share it.</summary>
    public required string Folder { get; init; }

    public FileObjectStoreOptions Validate() =>
        string.IsNullOrWhiteSpace(Folder) ? throw new ArgumentException($"{nameof(Folder)} must name a folder.") : this;
}
