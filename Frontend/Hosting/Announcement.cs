using Chat4All.Frontend.Auth;
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
    MetricsPort metricsPort,
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
        var metrics = $"{(metricsPort.Number > 0 ? metricsPort.Url : address)}/metrics";
        var data = store.IsEmbedded ? Path.GetFullPath(store.Data) : "PostgreSQL";
        var people = server.IsProduction
            ? "no demo users; ./chat4all user add ID makes one"
            : $"demo users user1 … user10, secret {DemoAccounts.Secret}, work from this machine only";
        if (metricsPort.IsTaken)
        {
            LogMetricsPortTaken(logger, metricsPort.Url!, metrics);
        }

        if (logs.IsJson)
        {
            LogListening(logger, address, metrics, data, people);
            return;
        }

        Console.Out.WriteLine($"""
            Chat4All  {address}   web page; API under /v1, sockets at /ws and /hubs/chat
            Docs      {address}/docs
            Metrics   {metrics}   health at /health and /ready
            Data      {data}
            Users     {people}
            """);
    }

    [LoggerMessage(1304, LogLevel.Warning, "Server:MetricsPort (PROMETHEUS_PORT): {Url} is in use by something else, so there is no listener of its own for metrics; they are at {Metrics}")]
    private static partial void LogMetricsPortTaken(ILogger logger, string url, string metrics);

    [LoggerMessage(1303, LogLevel.Information, "Listening on {Address} (web page, API under /v1, docs at /docs), metrics at {Metrics}, data in {Data}; {People}")]
    private static partial void LogListening(ILogger logger, string address, string metrics, string data, string people);
}
