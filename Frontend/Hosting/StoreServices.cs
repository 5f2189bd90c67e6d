using Chat4All.Grains;
using Chat4All.Infrastructure.Postgres;
using Chat4All.Infrastructure.Sqlite;
using Orleans.Hosting;

namespace Chat4All.Frontend.Hosting;

/// <summary>The store that the settings name.</summary>
internal static class StoreServices
{
    /// <summary>The embedded store's file within the data folder.</summary>
    private const string DatabaseFile = "chat4all.db";

    /// <summary>What a new store gets before the server listens.</summary>
    public static IServiceCollection AddFirstStart(this IServiceCollection services) => services
        .AddSingleton<DemoData>()
        .AddSingleton<AdminAccount>()
        .AddHostedService<FirstStart>();

    public static IServiceCollection AddStore(this IServiceCollection services, StoreOptions options) =>
        (options.IsEmbedded
            ? services.AddSqliteStore(new SqliteStoreOptions { Path = Path.Combine(options.Data, DatabaseFile) })
            : services.AddPostgresStore(new PostgresStoreOptions { ConnectionString = options.Postgres }))
        .AddLocalGrains(static _ => { }, typeof(Telemetry).Assembly);
}
