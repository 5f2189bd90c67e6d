using System.Reflection;
using Chat4All.Tests.Compliance;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Chat4All.Tests.Grains;

/// <summary>What <see cref="GrainHost"/> runs the grains on: here a cluster of one silo on loopback, called from its own process.</summary>
internal static class GrainEngine
{
    private const int NoGateway = 0;

    /// <summary>
    /// Hosts the grains. Orleans finds them in every loaded assembly, so there is nothing to do with <paramref name="grains"/>; but it checks the collection ages
    /// of all of them, those of the <see cref="EngineCompliance"/> too.
    /// </summary>
    public static void AddGrains(this IHostApplicationBuilder builder, Assembly grains) =>
        builder.UseOrleans(static silo =>
        {
            silo.UseLocalhostClustering(FreePort.Next(), NoGateway);
            silo.AddActivityPropagation();
            silo.Services.Configure<GrainCollectionOptions>(static options => options.CollectionQuantum = EngineFixture.CollectionQuantum);
        });
}
