using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Chat4All.Frontend.Hosting;
using Chat4All.Frontend.RealTime;
using Chat4All.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.RealTime;

/// <summary>The whole server within the test process, on a real port and a real store, so that a test can take the fan-out or the clock in its hands.</summary>
public sealed class SocketHost : IAsyncLifetime, IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, Task<HubClient>> _clients = new();
    private readonly ConcurrentDictionary<string, long> _metrics = new();
    private readonly MeterListener _listener = new();
    private WebApplication? _app;

    public Uri BaseUrl { get; private set; } = new("http://127.0.0.1");

    public IServiceProvider Services => _app!.Services;

    /// <summary>Starts a server with settings such as <c>--WebSocket:MaxFramesPerMinute=5</c>.</summary>
    internal static async Task<SocketHost> StartAsync(Action<IServiceCollection>? amend, params string[] settings)
    {
        var host = new SocketHost();
        await host.StartAsync(settings, amend);
        return host;
    }

    Task IAsyncLifetime.InitializeAsync() => StartAsync([], null);

    /// <summary>A demo user's client; signed in once.</summary>
    public Task<HubClient> UserAsync(string userId) =>
        _clients.GetOrAdd(userId, id => HubClient.SignInAsync(BaseUrl, id, HubServer.DemoSecret, null));

    /// <summary>A socket of a demo user.</summary>
    /// <param name="query">Further query parameters.</param>
    public async Task<HubSocket> ConnectAsync(string userId, string query = "") =>
        await HubSocket.OpenAsync(BaseUrl, (await UserAsync(userId)).AccessToken, query);

    /// <summary>The sum of what the sockets' instrument of this name has measured since the start.</summary>
    public long Metric(string name) => _metrics.GetValueOrDefault(name);

    /// <summary>Stops the server as SIGTERM does.</summary>
    public Task StopAsync() => _app!.StopAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values.Where(static client => client.IsCompletedSuccessfully))
        {
            (await client).Dispose();
        }

        _listener.Dispose();
        await _app!.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartAsync(string[] settings, Action<IServiceCollection>? amend)
    {
        string[] arguments =
        [
            "--urls", "http://127.0.0.1:0", "--data", Path.Combine(_folder.Path, "data"), "--demo",
            "--RateLimit:Mode=off", "--Auth:HashIterations=10000", "--Auth:AdminId=" + HubServer.AdminId, "--Auth:AdminSecret=" + HubServer.AdminSecret, "--Logging:LogLevel:Default=Error", .. settings,
        ];
        _app = ChatHost.Build(CommandLine.Parse(arguments), amend);
        Listen(_app.Services.GetRequiredService<RealTimeMetrics>().Meter);
        await _app.StartAsync();
        BaseUrl = new Uri(_app.Urls.First());
    }

    /// <summary>By instance, because other tests' servers in this process have meters of the same name.</summary>
    private void Listen(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _metrics.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        _listener.Start();
    }
}
