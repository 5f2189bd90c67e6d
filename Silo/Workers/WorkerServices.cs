using Chat4All.Grains.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chat4All.Silo.Workers;

/// <summary>Registers workers; to be done after the engine, so that they stop before the grains that they call.</summary>
public static class WorkerServices
{
    /// <summary>Runs a handler for batches, made by the container.</summary>
    public static IServiceCollection AddBatchWorker<THandler>(this IServiceCollection services)
        where THandler : class, IBatchHandler =>
        services.AddSingleton<THandler>().AddSingleton<IBatchHandler>(static provider => provider.GetRequiredService<THandler>()).AddBatchWorker(static provider => provider.GetRequiredService<THandler>());

    /// <summary>Runs a handler for batches that <paramref name="make"/> makes: for one class that serves several topics.</summary>
    public static IServiceCollection AddBatchWorker(this IServiceCollection services, Func<IServiceProvider, IBatchHandler> make) =>
        services.AddSingleton<IHostedService>(provider => new BatchWorker(
            make(provider),
            provider.GetRequiredService<IEventLog>(),
            provider.GetRequiredService<IDeadLetters>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<BatchWorker>>()));

    /// <summary>Runs a handler for single records, made by the container.</summary>
    public static IServiceCollection AddKeyedWorker<THandler>(this IServiceCollection services)
        where THandler : class, IKeyedHandler =>
        services.AddSingleton<THandler>().AddKeyedWorker(static provider => provider.GetRequiredService<THandler>());

    /// <summary>Runs a handler for single records that <paramref name="make"/> makes: for one class that serves several topics.</summary>
    public static IServiceCollection AddKeyedWorker(this IServiceCollection services, Func<IServiceProvider, IKeyedHandler> make) =>
        services.AddSingleton<IHostedService>(provider => new KeyedWorker(
            make(provider),
            provider.GetRequiredService<IEventLog>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<KeyedWorker>>()));
}
