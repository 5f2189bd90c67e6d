using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Chat4All.Silo.Engines;

/// <summary>Microsoft Orleans: a cluster of silos that find each other through PostgreSQL, or one silo on this machine.</summary>
internal static class EngineSetup
{
    private const string Invariant = "Npgsql";

    /// <summary>Silos share a store: Orleans decides where a grain lives, and the store's fence settles the rest.</summary>
    public const bool NeedsWriterLock = false;

    /// <summary>Why a silo process of its own makes no sense; null where it does.</summary>
    public const string? StandAloneRefusal = null;

    public static void AddEngine(this IHostApplicationBuilder builder, StoreSelection store)
    {
        var settings = builder.Configuration.GetSection("Orleans").Get<OrleansOptions>() ?? new OrleansOptions();
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(cluster =>
            {
                cluster.ClusterId = settings.ClusterId;
                cluster.ServiceId = settings.ServiceId;
            });
            if (settings.Clustering == "adonet")
            {
                silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, store.Postgres));
                silo.UseAdoNetReminderService(options => (options.Invariant, options.ConnectionString) = (Invariant, store.Postgres));
                silo.ConfigureEndpoints(IPAddress.Parse(settings.AdvertisedAddress), settings.SiloPort, settings.GatewayPort, listenOnAnyHostAddress: settings.ListenOnAnyAddress);
            }
            else
            {
                silo.UseLocalhostClustering(settings.SiloPort, settings.GatewayPort, primarySiloEndpoint: null, settings.ServiceId, settings.ClusterId);
                silo.UseInMemoryReminderService();
            }
        });
    }
}
