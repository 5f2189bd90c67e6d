namespace Chat4All.Frontend.Hosting;

/// <summary>Where the process listens and how much it takes in. Section <c>Server</c>.</summary>
internal sealed record ServerOptions : ISettings
{
    public static string Section => "Server";

    /// <summary><c>production</c> switches demo users off and tightens limits; anything else is development. <c>CHAT4ALL_ENV</c>.</summary>
    public string Environment { get; init; } = "development";

    /// <summary>Loopback port when <see cref="Urls"/> is not set; 0 to 65535, 0 picks a free one. Default 8000.</summary>
    public int Port { get; init; } = 8000;

    /// <summary>Addresses to listen on, separated by semicolons; empty means loopback only.</summary>
    public string Urls { get; init; } = "";

    /// <summary>A second listener that serves only <c>/metrics</c>, on loopback unless <see cref="MetricsHost"/> says otherwise; unset for none. 1 to 65535. <c>PROMETHEUS_PORT</c>.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>Address of the metrics listener. Default 127.0.0.1.</summary>
    public string MetricsHost { get; init; } = "127.0.0.1";

    /// <summary>Largest request body in bytes where a route says nothing else; 1,024 to 104,857,600. Default 1 MiB.</summary>
    public long MaxBodyBytes { get; init; } = 1024 * 1024;

    /// <summary>Open connections, sockets included; more are refused. 10 to 1,000,000, default 20,000.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>How long a stop waits for requests and queues, in seconds; 1 to 600, default 30.</summary>
    public int ShutdownSeconds { get; init; } = 30;

    /// <summary>Whether memory is given back to the system when a burst is over, for a pause of some tens of milliseconds in a quiet time. Default true.</summary>
    public bool TrimsWhenIdle { get; init; } = true;

    /// <summary>Addresses or networks (CIDR) of proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed. Default none.</summary>
    public string[] TrustedProxies { get; init; } = [];

    /// <summary>Whether this is a production server.</summary>
    public bool IsProduction => Environment.Equals("production", StringComparison.OrdinalIgnoreCase);

    public IEnumerable<(string Property, string Problem)> Check()
    {
        if (Port is < 0 or > 65535)
        {
            yield return (nameof(Port), "must be 0 to 65535");
        }

        if (MetricsPort is < 1 or > 65535)
        {
            yield return (nameof(MetricsPort), "must be 1 to 65535");
        }

        if (MaxBodyBytes is < 1024 or > 104_857_600)
        {
            yield return (nameof(MaxBodyBytes), "must be 1024 to 104857600");
        }

        if (MaxConnections is < 10 or > 1_000_000)
        {
            yield return (nameof(MaxConnections), "must be 10 to 1000000");
        }

        if (ShutdownSeconds is < 1 or > 600)
        {
            yield return (nameof(ShutdownSeconds), "must be 1 to 600");
        }

        foreach (var proxy in TrustedProxies.Where(static p => !System.Net.IPNetwork.TryParse(p, out _) && !System.Net.IPAddress.TryParse(p, out _)))
        {
            yield return (nameof(TrustedProxies), $"holds '{proxy}', which is neither an address nor a network");
        }
    }
}
