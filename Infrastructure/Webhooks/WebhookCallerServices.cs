using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Webhooks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the client that calls webhooks.</summary>
public static class WebhookCallerServices
{
    public static IServiceCollection AddWebhookCaller(this IServiceCollection services) => services.AddSingleton<IWebhookCaller, WebhookCaller>();
}
