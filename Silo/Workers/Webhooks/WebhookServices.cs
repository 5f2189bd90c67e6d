using Chat4All.Grains.Webhooks;
using Chat4All.Silo.Workers.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chat4All.Silo.Workers;

/// <summary>Registers API users' webhooks: their settings, who makes their calls, and who makes calls of events.</summary>
internal static class WebhookServices
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddOptions<WebhookOptions>()
            .BindConfiguration("Webhooks")
            .Validate(static o => o.MaxPerUser is >= 1 and <= 1_000, "Webhooks:MaxPerUser must be 1 to 1000.")
            .Validate(static o => o.TimeoutSeconds is >= 1 and <= 60, "Webhooks:TimeoutSeconds must be 1 to 60.")
            .Validate(static o => o.RetrySeconds is >= 1 and <= 604_800, "Webhooks:RetrySeconds must be 1 to 604800.")
            .Validate(static o => o.Parallelism is >= 2 and <= 1_000, "Webhooks:Parallelism must be 2 to 1000.")
            .Validate(static o => o.BackoffMilliseconds is >= 10 and <= 60_000, "Webhooks:BackoffMilliseconds must be 10 to 60000.")
            .ValidateOnStart();
        return services
            .AddWebhookCaller()
            .AddSingleton<WebhookAttempts>()
            .AddSingleton<WebhookSender>()
            .AddSingleton<IHostedService>(static provider => provider.GetRequiredService<WebhookSender>())
            .AddBatchWorker<WebhookEventsHandler>()
            .AddBatchWorker<WebhookReplayHandler>();
    }
}
