using Chat4All.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;

namespace Chat4All.Silo.Engines;

/// <summary>The in-process engine: one process a store.</summary>
internal static class EngineSetup
{
    /// <summary>This engine has no cluster membership, so a second process on the same store must be kept out.</summary>
    public const bool NeedsWriterLock = true;

    /// <summary>Why a silo process of its own makes no sense; null where it does.</summary>
    public const string? StandAloneRefusal = "This build has the Local engine, which runs inside the frontend. Build with -p:Engine=Orleans to run silos of their own.";

    public static void AddEngine(this IHostApplicationBuilder builder, StoreSelection store)
    {
        ArgumentNullException.ThrowIfNull(store);
        builder.Services.AddLocalGrains(static _ => { }, typeof(Telemetry).Assembly);
    }
}
