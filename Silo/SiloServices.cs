using Chat4All.Grains;
using Chat4All.Infrastructure.InProcess;
using Chat4All.Infrastructure.Postgres;
using Chat4All.Infrastructure.Sqlite;
using Chat4All.Silo.Engines;
using Chat4All.Silo.Files;
using Chat4All.Silo.Workers;
using Chat4All.Silo.Workers.Deliveries;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chat4All.Silo;

/// <summary>The composition root: which adapters stand behind the grains' ports, and which engine runs them.</summary>
public static class SiloServices
{
    /// <summary>
    /// Registers everything behind the API. Hosted services stop in reverse order: first whatever calls grains, then the grains, then the journal that they wrote to, last the store.
    /// </summary>
    public static IHostApplicationBuilder AddSilo(this IHostApplicationBuilder builder, StoreSelection store)
    {
        var services = builder.Services;
        services.AddSingleton(store);
        services.AddStore(store);
        services.AddSingleton<StoreStartup>();
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<StoreStartup>());
        FileStorage.Of(builder.Configuration).AddTo(services, store.DataFolder);
        services.AddInProcessFanOut();
        builder.AddEventLog();
        services.AddGrainServices();
        builder.AddEngine(store);
        services.AddGrainCallers();
        services.AddChannels(builder.Configuration);
        services.AddDeadLetters();
        services.AddIncoming();
        services.AddWebhooks();
        services.AddFileWorkers();
        services.AddDeliveries();
        return builder;
    }

    /// <summary>Registers only the store's adapters, for commands that need no grains.</summary>
    public static IServiceCollection AddStore(this IServiceCollection services, StoreSelection store) =>
        store.IsEmbedded
            ? services.AddSqliteStore(new SqliteStoreOptions { Path = Path.Combine(store.DataFolder, "chat4all.db") })
            : services.AddPostgresStore(new PostgresStoreOptions { ConnectionString = store.Postgres });
}
