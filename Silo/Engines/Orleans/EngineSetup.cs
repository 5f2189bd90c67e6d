using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Chat4All.Grains;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Metadata;

namespace Chat4All.Silo.Engines;

/// <summary>Microsoft Orleans: a cluster of silos that find each other through PostgreSQL, or one silo on this machine.</summary>
internal static class EngineSetup
{
    private const string Invariant = "Npgsql";
    private const int NoGateway = 0;

    /// <summary>Why a silo process of its own makes no sense; null where it does.</summary>
    public static string? StandAloneRefusal => null;

    /// <summary>
    /// Silos of a cluster share a store: Orleans decides where a grain lives, and the store's fence settles the rest. A silo outside of a cluster knows of no other,
    /// so a second process on the same store must be kept out.
    /// </summary>
    public static bool NeedsWriterLock(IConfiguration configuration) => !Settings(configuration).IsCluster;

    public static void AddEngine(this IHostApplicationBuilder builder, StoreSelection store)
    {
        var settings = Settings(builder.Configuration);
        settings.Validate(store);
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(cluster =>
            {
                cluster.ClusterId = settings.ClusterId;
                cluster.ServiceId = settings.ServiceId;
            });
            silo.AddActivityPropagation();
            silo.Services.PostConfigure<GrainTypeOptions>(static types => types.Classes.RemoveWhere(static type => !IsHosted(type.Assembly)));
            if (settings.IsCluster)
            {
                silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, store.Postgres));
                silo.UseAdoNetReminderService(options => (options.Invariant, options.ConnectionString) = (Invariant, store.Postgres));
                silo.ConfigureEndpoints(
                    IPAddress.Parse(settings.AdvertisedAddress),
                    settings.SiloPort ?? EndpointOptions.DEFAULT_SILO_PORT,
                    settings.GatewayPort ?? EndpointOptions.DEFAULT_GATEWAY_PORT,
                    settings.ListenOnAnyAddress);
            }
            else
            {
                silo.UseLocalhostClustering(settings.SiloPort ?? FreePort(), settings.GatewayPort ?? NoGateway, primarySiloEndpoint: null, settings.ServiceId, settings.ClusterId);
                silo.UseInMemoryReminderService();
            }
        });
    }

    /// <summary>The hub's grains and Orleans' own: Orleans would host every grain class of every assembly that it finds.</summary>
    private static bool IsHosted(Assembly assembly) => assembly == typeof(Telemetry).Assembly || assembly.IsDefined(typeof(FrameworkPartAttribute), inherit: false);

    private static OrleansOptions Settings(IConfiguration configuration) =>
        configuration.GetSection(OrleansOptions.Section).Get<OrleansOptions>() ?? new OrleansOptions();

    /// <summary>A silo of its own listens although nobody calls, and several of them may run on one machine.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
