using Chat4All.Grains.Audit;
using Chat4All.Grains.Conversations;
using Chat4All.Grains.Files;
using Chat4All.Grains.Journal;
using Chat4All.Grains.Outbox;
using Chat4All.Grains.Ports;
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
            .Validate(static o => o.MaxUnpublished is >= 1_000 and <= 1_000_000_000, "Outbox:MaxUnpublished must be 1000 to 1000000000.")
            .Validate(static o => o.Backoff > TimeSpan.Zero && o.MaxBackoff >= o.Backoff, "Outbox:Backoff must be above 0 and at most Outbox:MaxBackoff.")
            .Validate(static o => o.StaleAfter >= TimeSpan.FromSeconds(1), "Outbox:StaleAfter must be at least 1 s.")
            .ValidateOnStart();
        services.AddOptions<AuditOptions>()
            .BindConfiguration("Audit")
            .Validate(static o => o.RetentionDays is >= 1 and <= 36_500, "Audit:RetentionDays must be 1 to 36500.")
            .ValidateOnStart();
        services.AddOptions<UploadOptions>()
            .BindConfiguration("Files")
            .Validate(static o => o.MaxOpenUploads is >= 1 and <= 10_000, "Files:MaxOpenUploads must be 1 to 10000.")
            .Validate(static o => o.MaxOpenBytes >= 1_048_576, "Files:MaxOpenBytes must be at least 1048576.")
            .Validate(static o => o.Expiry >= TimeSpan.FromSeconds(1) && o.Expiry <= TimeSpan.FromDays(30), "Files:Expiry must be 1 second to 30 days.")
            .Validate(static o => o.CollectEvery >= TimeSpan.FromMinutes(1) && o.CollectEvery <= TimeSpan.FromDays(7), "Files:CollectEvery must be 1 minute to 7 days.")
            .Validate(static o => o.OrphanAge >= TimeSpan.Zero && o.OrphanAge <= TimeSpan.FromDays(7), "Files:OrphanAge must be 0 to 7 days.")
            .Validate(static o => o.MergeAgainAfter >= TimeSpan.FromSeconds(1) && o.MergeAgainAfter <= TimeSpan.FromDays(1), "Files:MergeAgainAfter must be 1 second to 1 day.")
            .ValidateOnStart();
        services.AddSingleton<MergeRequests>();
        services.AddSingleton<OutboxBacklog>();
        services.AddSingleton<FileMessages>();
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
    public static IServiceCollection AddGrainCallers(this IServiceCollection services) => services
        .AddSingleton<IDeliveryReceipts, DeliveryReceipts>()
        .AddHostedService<OutboxSweeper>()
        .AddHostedService<AuditSweeper>();
}
