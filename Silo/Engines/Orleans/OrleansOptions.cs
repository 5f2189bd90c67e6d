namespace Chat4All.Silo.Engines;

/// <summary>How this silo joins its cluster. Section <c>Orleans</c>.</summary>
internal sealed record OrleansOptions
{
    /// <summary><c>localhost</c> (one machine, default) or <c>adonet</c> (through the PostgreSQL store, whose Orleans tables must be there).</summary>
    public string Clustering { get; init; } = "localhost";

    /// <summary>Silos with the same cluster id form one cluster. Default <c>chat4all</c>.</summary>
    public string ClusterId { get; init; } = "chat4all";

    /// <summary>Stays the same over deployments. Default <c>chat4all</c>.</summary>
    public string ServiceId { get; init; } = "chat4all";

    /// <summary>Address that other silos reach this one at. Default 127.0.0.1.</summary>
    public string AdvertisedAddress { get; init; } = "127.0.0.1";

    /// <summary>Whether to listen on every address rather than the advertised one only.</summary>
    public bool ListenOnAnyAddress { get; init; }

    /// <summary>Port for other silos. Default 11111.</summary>
    public int SiloPort { get; init; } = 11111;

    /// <summary>Port for clients. Default 30000.</summary>
    public int GatewayPort { get; init; } = 30000;
}
