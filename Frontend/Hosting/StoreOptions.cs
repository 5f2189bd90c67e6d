namespace Chat4All.Frontend.Hosting;

/// <summary>Where everything is kept. Section <c>Store</c>.</summary>
internal sealed record StoreOptions : ISettings
{
    public static string Section => "Store";

    /// <summary>Folder of the embedded store, files and keys; made when missing. Default <c>./data</c>.</summary>
    public string Data { get; init; } = "data";

    /// <summary>Connection string of a PostgreSQL server; empty means the embedded store under <see cref="Data"/>.</summary>
    public string Postgres { get; init; } = "";

    /// <summary>Makes the demo users even though the store is not a new embedded one.</summary>
    public bool Demo { get; init; }

    /// <summary>Whether the store is a file of this process's own.</summary>
    public bool IsEmbedded => Postgres.Length == 0;

    public IEnumerable<(string Property, string Problem)> Check()
    {
        if (string.IsNullOrWhiteSpace(Data))
        {
            yield return (nameof(Data), "must name a folder");
        }
    }
}
