using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Chat4All.Frontend.Hosting;

/// <summary>Listeners and limits of the HTTP server.</summary>
internal static class ServerSetup
{
    /// <summary>Listens on loopback unless the settings say otherwise, and takes in only so much.</summary>
    public static void AddChatServer(this WebApplicationBuilder builder, ServerOptions server)
    {
        var urls = Urls(server);
        var metrics = MetricsPort.Find(server, urls);
        builder.Services.AddSingleton(metrics);
        builder.WebHost.UseKestrelHttpsConfiguration().UseUrls(metrics.Number > 0 ? [.. urls, metrics.Url!] : urls);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;
            kestrel.Limits.MaxRequestBodySize = server.MaxBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = server.MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = server.MaxConnections;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(server.ShutdownSeconds));
        if (server.TrustedProxies.Length > 0)
        {
            builder.Services.Configure<ForwardedHeadersOptions>(options => Trust(options, server.TrustedProxies));
        }
    }

    // Port 0 cannot be the same on both loopback addresses, so it means IPv4.
    private static string[] Urls(ServerOptions server) =>
        server.Urls.Length > 0 ? server.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        : server.Port == 0 ? ["http://127.0.0.1:0"]
        : [$"http://localhost:{server.Port}"];

    private static void Trust(ForwardedHeadersOptions options, string[] proxies)
    {
        options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
            {
                options.KnownProxies.Add(address);
            }
            else
            {
                options.KnownIPNetworks.Add(IPNetwork.Parse(proxy));
            }
        }
    }
}
