using Chat4All.Frontend.Auth;
using Chat4All.Frontend.RealTime.Protocol;
using Chat4All.Frontend.RealTime.Routing;
using Chat4All.Frontend.RealTime.SignalR;
using Chat4All.Frontend.RealTime.WebSockets;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Chat4All.Frontend.RealTime;

/// <summary>Registration and routes of everything live.</summary>
internal static class RealTimeServices
{
    private const string HubPath = "/hubs/chat";

    /// <summary>Sockets and the hub. Needs the stores, the grains, the fan-out, <see cref="AuthServices.AddAuth"/> and <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddRealTime(this IServiceCollection services)
    {
        services.TryAddSingleton<RealTimeOptions>();
        services.AddSingleton<RealTimeMetrics>()
            .AddSingleton<EventLoop>()
            .AddSingleton<Switchboard>()
            .AddSingleton<StoredEvents>()
            .AddSingleton<StoredChanges>()
            .AddSingleton<FeedHealer>()
            .AddSingleton<Resumption>()
            .AddSingleton<PresenceReporter>()
            .AddSingleton<Sessions>()
            .AddSingleton<ConnectionSweep>()
            .AddSingleton<MessageIntake>()
            .AddSingleton<ChatOperations>()
            .AddSingleton<OperationErrors>()
            .AddSingleton<ClientFrames>()
            .AddSingleton<SocketDoor>()
            .AddSingleton<UpgradeShortcut>()
            .AddSingleton<HubLifetimeManager<ChatHub>, ChatHubLifetime>()
            .AddHostedService<RealTimeService>()
            .AddSingleton<IConfigureOptions<KestrelServerOptions>, ShortcutSetup>();
        services.AddSignalR(static hub => hub.MaximumReceiveMessageSize = 512 * 1024);
        return services;
    }

    /// <summary><c>/ws</c> and <c>/hubs/chat</c>.</summary>
    public static void MapRealTime(this IEndpointRouteBuilder routes)
    {
        routes.Map(WebSocketEndpoint.Path, WebSocketEndpoint.HandleAsync).WithMetadata(new HttpMethodMetadata(["GET", "CONNECT"])).AllowAnyone().ExcludeFromDescription();
        routes.MapHub<ChatHub>(HubPath, static hub => hub.CloseOnAuthenticationExpiration = false).RequireScope(ScopeNames.Read).AcceptQueryToken().WithoutRequestLimit();
    }

    private sealed class ShortcutSetup(UpgradeShortcut shortcut) : IConfigureOptions<KestrelServerOptions>
    {
        public void Configure(KestrelServerOptions options) => options.ConfigureEndpointDefaults(shortcut.Use);
    }
}
