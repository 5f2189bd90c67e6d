using System.Net;

namespace Chat4All.Silo.Engines;

/// <summary>How this silo joins its cluster. Section <c>Orleans</c>.</summary>
internal sealed record OrleansOptions
{
    public const string Section = "Orleans";

    /// <summary><c>localhost</c> (a cluster of this one silo, default) or <c>adonet</c> (through the PostgreSQL store, whose Orleans tables must be there).</summary>
    public string Clustering { get; init; } = "localhost";

    /// <summary>Silos with the same cluster id form one cluster. Default <c>chat4all</c>.</summary>
    public string ClusterId { get; init; } = "chat4all";

    /// <summary>Stays the same over deployments. Default <c>chat4all</c>.</summary>
    public string ServiceId { get; init; } = "chat4all";

    /// <summary>IP address that other silos reach this one at. Default 127.0.0.1.</summary>
    public string AdvertisedAddress { get; init; } = "127.0.0.1";

    /// <summary>Whether to listen on every address rather than the advertised one only.</summary>
    public bool ListenOnAnyAddress { get; init; }

    /// <summary>Port for other silos, 1 to 65535. Default: 11111 in a cluster, a free one on localhost.</summary>
    public int? SiloPort { get; init; }

    /// <summary>Port for clients, 0 to 65535, 0 for none. Default: 30000 in a cluster, none on localhost, where the frontend hosts the silo.</summary>
    public int? GatewayPort { get; init; }

    /// <summary>Whether other silos may share the store.</summary>
    public bool IsCluster => Clustering == "adonet";

    /// <summary>Throws <see cref="InvalidOperationException"/> naming the first setting that is out of its bounds.</summary>
    public void Validate(StoreSelection store)
    {
        Require(Clustering is "localhost" or "adonet", nameof(Clustering), "must be localhost or adonet");
        Require(!IsCluster || !store.IsEmbedded, nameof(Clustering), "is adonet, which needs a PostgreSQL store: set Store:Postgres");
        Require(ClusterId.Length > 0, nameof(ClusterId), "must not be empty");
        Require(ServiceId.Length > 0, nameof(ServiceId), "must not be empty");
        Require(IPAddress.TryParse(AdvertisedAddress, out _), nameof(AdvertisedAddress), "must be an IP address");
        Require(SiloPort is null or (>= 1 and <= 65535), nameof(SiloPort), "must be 1 to 65535");
        Require(GatewayPort is null or (>= 0 and <= 65535), nameof(GatewayPort), "must be 0 to 65535");
    }

    private static void Require(bool holds, string property, string problem)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"{Section}:{property} {problem}.");
        }
    }
}
