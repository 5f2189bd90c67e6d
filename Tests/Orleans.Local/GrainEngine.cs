using System.Reflection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;

namespace Chat4All.Tests.Grains;

/// <summary>What <see cref="GrainHost"/> runs the grains on: here the in-process engine, which mixes up calls that nobody awaits, as Orleans may.</summary>
internal static class GrainEngine
{
    private const int Seed = 20261125;

    /// <summary>Hosts the grains of the assembly.</summary>
    public static void AddGrains(this IHostApplicationBuilder builder, Assembly grains) => builder.Services.AddLocalGrains(static options => options.ShuffleCalls = Seed, grains);
}
