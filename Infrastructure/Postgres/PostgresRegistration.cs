using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.EmbeddedLog;
using Chat4All.Infrastructure.Postgres;
using Chat4All.Infrastructure.Stores;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts every store port on one PostgreSQL database.</summary>
public static class PostgresRegistration
{
    public static IServiceCollection AddPostgresStore(this IServiceCollection services, PostgresStoreOptions options)
    {
        options.Validate();
        services.TryAddSingleton(OutboxPlacement.Elsewhere);
        services.TryAddSingleton<OutboxTail>();
        return services
            .AddSingleton(_ => new PostgresDatabase(options))
            .AddSingleton<IConversationStore, PostgresConversationStore>()
            .AddSingleton<IConversationReader, PostgresConversationReader>()
            .AddSingleton<IUserStore, PostgresUserStore>()
            .AddSingleton<ITokenStore, PostgresTokenStore>()
            .AddSingleton<IOutboxStore, PostgresOutboxStore>()
            .AddSingleton<IWebhookStore, PostgresWebhookStore>()
            .AddSingleton<IDeliveryStore, PostgresDeliveryStore>()
            .AddSingleton<IChannelAddressStore, PostgresChannelAddressStore>()
            .AddSingleton<IDeadLetterStore, PostgresDeadLetterStore>()
            .AddSingleton<PostgresFileCompletion>()
            .AddSingleton<IFileStore, PostgresFileStore>()
            .AddSingleton<IGroupProgress, PostgresGroupProgress>()
            .AddSingleton<ILogTables, PostgresLogTables>()
            .AddSingleton<IStoreAdministration, PostgresStoreAdministration>();
    }

    /// <summary>Keeps the grains' reminders in the store too, for an engine that has no table of its own.</summary>
    public static IServiceCollection AddPostgresReminders(this IServiceCollection services) => services.AddSingleton<IReminderTable, PostgresReminderTable>();
}
