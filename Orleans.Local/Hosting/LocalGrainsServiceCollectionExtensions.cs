using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Local;
using Orleans.Local.Reminders;
using Orleans.Runtime;
using Orleans.Timers;

namespace Orleans.Hosting;

/// <summary>Adds the in-process engine.</summary>
public static class LocalGrainsServiceCollectionExtensions
{
    /// <summary>
    /// Hosts the grain classes of the assemblies in this process and registers <see cref="IGrainFactory"/>, <see cref="IClusterClient"/>
    /// and <see cref="EngineStatistics"/>. Hosted services stop in the reverse order of their registration, the web server first: what grains write to
    /// is registered before the engine, and what calls grains after it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its bounds.</exception>
    public static IServiceCollection AddLocalGrains(
        this IServiceCollection services, Action<LocalEngineOptions> configure, params Assembly[] grainAssemblies)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        ArgumentNullException.ThrowIfNull(grainAssemblies);
        var options = new LocalEngineOptions();
        configure(options);
        options.Validate();

        services.AddLogging();
        services.AddSingleton(provider => new LocalEngine(provider, options, grainAssemblies));
        services.AddSingleton<IClusterClient>(static provider => provider.GetRequiredService<LocalEngine>());
        services.AddSingleton<IGrainFactory>(static provider => provider.GetRequiredService<LocalEngine>());
        services.AddSingleton(static provider => new EngineStatistics(provider.GetRequiredService<LocalEngine>()));
        services.TryAddSingleton<IGrainContextAccessor, GrainContextAccessor>();
        services.TryAddScoped(static provider => provider.GetRequiredService<IGrainContextAccessor>().GrainContext);

        services.AddSingleton<ReminderClock>();
        services.TryAddSingleton<IReminderRegistry>(static provider => new ReminderRegistry(
            provider.GetRequiredService<LocalEngine>(), provider.GetRequiredService<ReminderClock>(), provider.GetService<IReminderTable>()));

        services.AddSingleton<IHostedService, EngineHost>();
        return services;
    }

    /// <summary>Keeps reminders in memory, for tests. Register an <see cref="IReminderTable"/> of your own to keep them over a restart.</summary>
    public static IServiceCollection AddInMemoryReminders(this IServiceCollection services)
        => services.AddSingleton<IReminderTable, InMemoryReminderTable>();
}
