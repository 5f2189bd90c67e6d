using Chat4All.Tests.Compliance;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Hosting;

namespace Chat4All.Tests.LocalEngine;

/// <summary>The in-process engine in a host of its own.</summary>
public class LocalEngineFixture : EngineFixture
{
    private readonly IHost _host;

    /// <summary>The engine as the suite asks for it.</summary>
    public LocalEngineFixture() : this(static _ => { })
    {
    }

    /// <summary>The engine with other settings.</summary>
    internal LocalEngineFixture(Action<LocalEngineOptions> configure, Action<IServiceCollection>? addServices = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<IIncomingGrainCallFilter, EngineCallFilter>();
        builder.Services.AddInMemoryReminders();
        addServices?.Invoke(builder.Services);
        builder.Services.AddLocalGrains(
            options =>
            {
                options.CollectionQuantum = CollectionQuantum;
                options.MinimumReminderPeriod = MinimumReminderPeriod;
                configure(options);
            },
            typeof(LocalEngineFixture).Assembly);
        _host = builder.Build();
    }

    /// <inheritdoc/>
    public override IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    internal IServiceProvider Services => _host.Services;

    /// <inheritdoc/>
    public override Task InitializeAsync() => _host.StartAsync();

    /// <inheritdoc/>
    public override async Task DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
    }

    internal Task StopAsync(CancellationToken cancellation = default) => _host.StopAsync(cancellation);
}
