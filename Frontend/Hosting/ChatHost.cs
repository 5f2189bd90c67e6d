using Chat4All.Frontend.Api;
using Chat4All.Frontend.Api.Files;
using Chat4All.Frontend.Api.Files.Tus;
using Chat4All.Frontend.Auth;
using Chat4All.Frontend.Auth.Limits;
using Chat4All.Frontend.Operations;
using Chat4All.Frontend.Operations.Docs;
using Chat4All.Frontend.Operations.Logs;
using Chat4All.Frontend.Operations.Metrics;
using Chat4All.Frontend.Operations.Traces;
using Chat4All.Frontend.RealTime;
using Chat4All.Silo;
using Chat4All.Silo.Files;

namespace Chat4All.Frontend.Hosting;

/// <summary>Puts the server together: settings, services, pipeline, routes.</summary>
internal static class ChatHost
{
    /// <summary>A server that is ready to run. Throws <see cref="SettingsException"/> naming every setting that is wrong.</summary>
    /// <param name="commandLine">What was typed.</param>
    /// <param name="amend">A test's changes to the services.</param>
    public static WebApplication Build(CommandLine commandLine, Action<IServiceCollection>? amend = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddChatSources(commandLine);
        AddServices(builder);
        amend?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseChatPipeline();
        app.MapChat();
        return app;
    }

    private static void AddServices(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var settings = new SettingsBinding(builder.Configuration, services);
        var server = settings.Add<ServerOptions>();
        var store = settings.Add<StoreOptions>();
        var auth = settings.Add<AuthOptions>();
        settings.Add<RateLimitOptions>();
        var logs = settings.Add<LogOptions>();
        settings.Add<TelemetryOptions>();
        settings.Add<RealTimeOptions>();
        settings.Add<ChannelWebhookOptions>();
        settings.Add<FilesOptions>();
        settings.Require(ProductionRules.Check(auth, server));
        settings.Require(FileStorage.Of(builder.Configuration).Check());
        settings.ThrowIfInvalid();

        services.AddSingleton(TimeProvider.System);
        services.AddHttpContextAccessor();
        builder.AddChatLogs(logs);
        builder.AddChatServer(server);
        builder.AddSilo(new StoreSelection(store.Data, store.Postgres));
        services.AddFirstStart();
        services.AddAuth();
        services.AddOperations();
        services.AddApiDocs();
        services.AddConversations();
        services.AddFiles();
        services.AddTus();
        services.AddRealTime();
        services.AddHostedService<Announcement>();
    }

    private static void UseChatPipeline(this WebApplication app)
    {
        var server = app.Services.GetRequiredService<ServerOptions>();
        if (server.TrustedProxies.Length > 0)
        {
            app.UseForwardedHeaders();
        }

        app.UseMiddleware<RequestPipeline>();
        app.UseMetricsListener();
        app.UseWebPage();
        app.UseRouting();
        app.UseMiddleware<CallerMiddleware>();
        app.UseApiDocsPage();
    }

    private static void MapChat(this WebApplication app)
    {
        var routes = app.MapDocumented();
        routes.MapAuth();
        routes.MapUsers();
        routes.MapChannelAddresses();
        routes.MapConversations();
        routes.MapMessages();
        routes.MapFiles();
        routes.MapTus();
        routes.MapDeadLetters();
        routes.MapChannelWebhooks();
        routes.MapWebhooks();
        routes.MapRealTime();
        routes.MapOperations();
        routes.MapApiDocs();
    }
}
