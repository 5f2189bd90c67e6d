using Chat4All.Grains;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;

namespace Chat4All.Silo.Engines;

/// <summary>The in-process engine: one process a store.</summary>
internal static class EngineSetup
{
    /// <summary>Why a silo process of its own makes no sense; null where it does.</summary>
    public static string? StandAloneRefusal =>
        "This build has the Local engine, which runs inside the frontend. Build with -p:Engine=Orleans to run silos of their own.";

    /// <summary>This engine has no cluster membership, so a second process on the same store must be kept out, whatever the settings say.</summary>
    public static bool NeedsWriterLock(IConfiguration configuration) => true;

    public static void AddEngine(this IHostApplicationBuilder builder, StoreSelection store)
    {
        ArgumentNullException.ThrowIfNull(store);
        builder.Services.AddLocalGrains(static _ => { }, typeof(Telemetry).Assembly);
    }
}
