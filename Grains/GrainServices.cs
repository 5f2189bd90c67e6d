using Chat4All.Grains.Conversations;
using Chat4All.Grains.Journal;
using Chat4All.Grains.Outbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Chat4All.Grains;

/// <summary>Registers what grains work with. The order of the two calls around the engine's registration matters: services stop in reverse order.</summary>
public static class GrainServices
{
    /// <summary>What grains call; to be registered before the engine, so that it stops after the last grain did.</summary>
    public static IServiceCollection AddGrainServices(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<JournalOptions>()
            .BindConfiguration("Journal")
            .Validate(static o => o.Writers is >= 1 and <= 16, "Journal:Writers must be 1 to 16.")
            .Validate(static o => o.MaxBatch is >= 1 and <= 1_000, "Journal:MaxBatch must be 1 to 1000.")
            .Validate(static o => o.QueueLimit is >= 500 and <= 1_000_000, "Journal:QueueLimit must be 500 to 1000000.")
            .ValidateOnStart();
        services.AddOptions<OutboxOptions>()
            .BindConfiguration("Outbox")
            .Validate(static o => o.PublishBatch is >= 1 and <= 1_000, "Outbox:PublishBatch must be 1 to 1000.")
            .Validate(static o => o.MemoryLimit is >= 100 and <= 100_000, "Outbox:MemoryLimit must be 100 to 100000.")
            .Validate(static o => o.Backoff > TimeSpan.Zero && o.MaxBackoff >= o.Backoff, "Outbox:Backoff must be above 0 and at most Outbox:MaxBackoff.")
            .Validate(static o => o.StaleAfter >= TimeSpan.FromSeconds(1), "Outbox:StaleAfter must be at least 1 s.")
            .ValidateOnStart();
        services.AddSingleton<OutboxMarker>();
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<OutboxMarker>());
        services.AddSingleton<Journal.Journal>();
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<Journal.Journal>());
        services.AddSingleton<DeliveryJournal>();
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<DeliveryJournal>());
        services.AddSingleton<ConversationPublishing>();
        return services;
    }

    /// <summary>What calls grains; to be registered after the engine, so that it stops before.</summary>
    public static IServiceCollection AddGrainCallers(this IServiceCollection services) => services.AddHostedService<OutboxSweeper>();
}
