namespace Chat4All.Silo;

/// <summary>Which store holds the truth.</summary>
/// <param name="DataFolder">Folder of the embedded store; made when missing.</param>
/// <param name="Postgres">Connection string; empty for the embedded store.</param>
public sealed record StoreSelection(string DataFolder, string Postgres)
{
    /// <summary>Whether the store is a file of this process's own.</summary>
    public bool IsEmbedded => Postgres.Length == 0;
}
