using Chat4All.Frontend.Operations.Logs;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Chat4All.Frontend.Hosting;

/// <summary>Says where everything is once the server listens: up to five lines for a person, one record for a machine.</summary>
internal sealed partial class Announcement(
    IServer kestrel,
    IHostApplicationLifetime lifetime,
    StoreOptions store,
    ServerOptions server,
    LogOptions logs,
    ILogger<Announcement> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lifetime.ApplicationStarted.Register(Announce);
        return Task.CompletedTask;
    }

    private void Announce()
    {
        var addresses = kestrel.Features.Get<IServerAddressesFeature>()?.Addresses.ToArray() ?? [];
        var address = addresses.FirstOrDefault("");
        var kept = store.IsEmbedded ? Path.GetFullPath(store.Data) : "PostgreSQL";
        if (logs.IsJson)
        {
            LogListening(logger, string.Join(' ', addresses), kept);
            return;
        }

        Console.Out.WriteLine($"""
            Chat4All   {address}   (web page; API under /v1, sockets at /ws and /hubs/chat)
            API docs   {address}/docs
            Metrics    {(server.MetricsPort is { } port ? $"http://{server.MetricsHost}:{port}" : address)}/metrics   health at /health and /ready
            Data       {kept}
            {(server.IsProduction ? "Users      ./chat4all user add ID" : $"Demo users user1 … user10, secret {Auth.DemoAccounts.Secret}, from this machine only")}
            """);
    }

    [LoggerMessage(1303, LogLevel.Information, "Listening on {Addresses}; data in {Store}")]
    private static partial void LogListening(ILogger logger, string addresses, string store);
}
