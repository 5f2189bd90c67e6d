using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.EmbeddedLog;
using Chat4All.Infrastructure.Sqlite;
using Chat4All.Infrastructure.Stores;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts every store port on one SQLite file.</summary>
public static class SqliteRegistration
{
    public static IServiceCollection AddSqliteStore(this IServiceCollection services, SqliteStoreOptions options)
    {
        options.Validate();
        services.TryAddSingleton(OutboxPlacement.Elsewhere);
        services.TryAddSingleton<OutboxTail>();
        return services
            .AddSingleton(_ => new SqliteDatabase(options))
            .AddSingleton<IConversationStore, SqliteConversationStore>()
            .AddSingleton<IConversationReader, SqliteConversationReader>()
            .AddSingleton<IUserStore, SqliteUserStore>()
            .AddSingleton<ITokenStore, SqliteTokenStore>()
            .AddSingleton<IOutboxStore, SqliteOutboxStore>()
            .AddSingleton<IWebhookStore, SqliteWebhookStore>()
            .AddSingleton<IDeliveryStore, SqliteDeliveryStore>()
            .AddSingleton<IChannelAddressStore, SqliteChannelAddressStore>()
            .AddSingleton<IDeadLetterStore, SqliteDeadLetterStore>()
            .AddSingleton<IFileStore, SqliteFileStore>()
            .AddSingleton<IGroupProgress, SqliteGroupProgress>()
            .AddSingleton<ILogTables, SqliteLogTables>()
            .AddSingleton<IStoreAdministration, SqliteStoreAdministration>();
    }

    /// <summary>Keeps the grains' reminders in the store too, for an engine that has no table of its own.</summary>
    public static IServiceCollection AddSqliteReminders(this IServiceCollection services) => services.AddSingleton<IReminderTable, SqliteReminderTable>();
}
