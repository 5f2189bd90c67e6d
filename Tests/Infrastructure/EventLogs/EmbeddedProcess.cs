using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.EmbeddedLog;
using Chat4All.Tests.Infrastructure.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chat4All.Tests.Infrastructure.EventLogs;

/// <summary>A process with the embedded log on a store, as far as the log is concerned.</summary>
internal sealed class EmbeddedProcess : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private EmbeddedProcess(ServiceProvider services) => _services = services;

    public IEventLog Log => _services.GetRequiredService<IEventLog>();

    public IConversationStore Conversations => _services.GetRequiredService<IConversationStore>();

    public IOutboxStore Outbox => _services.GetRequiredService<IOutboxStore>();

    public TopicExtents Extents => _services.GetRequiredService<TopicExtents>();

    public static EmbeddedProcess Start(StoreFixture store, EmbeddedLogOptions? options = null, TimeProvider? time = null) =>
        new(store.Build(services =>
        {
            services.AddEmbeddedLog(options ?? new EmbeddedLogOptions());
            services.AddSingleton(time ?? TimeProvider.System);
        }));

    /// <summary>What the log does before anything is sent.</summary>
    public async Task PrepareAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
            await service.StopAsync(CancellationToken.None);
        }
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
