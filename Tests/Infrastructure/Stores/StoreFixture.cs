using Chat4All.Grains.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Xunit;

namespace Chat4All.Tests.Infrastructure.Stores;

/// <summary>A migrated store of its own for one test class, reached through the ports alone.</summary>
public abstract class StoreFixture : IAsyncLifetime, IAsyncDisposable
{
    private ServiceProvider? _services;

    /// <summary>Why this store cannot be tested here; null when it can.</summary>
    public string? SkipReason { get; protected init; }

    public IConversationStore Conversations => Get<IConversationStore>();

    public IConversationReader Reader => Get<IConversationReader>();

    public IUserStore Users => Get<IUserStore>();

    public ITokenStore Tokens => Get<ITokenStore>();

    public IOutboxStore Outbox => Get<IOutboxStore>();

    public IWebhookStore Webhooks => Get<IWebhookStore>();
    public IFileStore Files => Get<IFileStore>();

    public IDeliveryStore Deliveries => Get<IDeliveryStore>();

    public IChannelAddressStore Addresses => Get<IChannelAddressStore>();

    public IDeadLetterStore DeadLetters => Get<IDeadLetterStore>();

    public IStoreAdministration Administration => Get<IStoreAdministration>();

    /// <summary>Skips the calling test when the store is not there.</summary>
    public void Require() => Skip.If(SkipReason is not null, SkipReason);

    public async Task InitializeAsync()
    {
        if (SkipReason is null)
        {
            await CreateAsync();
            _services = Build();
            await Administration.MigrateAsync(CancellationToken.None);
        }
    }

    public async Task DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        if (SkipReason is null)
        {
            await DropAsync();
        }
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Another process's view of the same store.</summary>
    /// <param name="before">Registers what the store's own registration would otherwise choose.</param>
    public ServiceProvider Build(Action<IServiceCollection>? before = null)
    {
        var services = new ServiceCollection();
        before?.Invoke(services);
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        Register(services);
        return services.BuildServiceProvider();
    }

    /// <summary>Another store of this kind without a schema; dropped when disposed.</summary>
    public async Task<StoreFixture> CreateEmptyAsync()
    {
        var empty = New();
        await empty.CreateAsync();
        return empty;
    }

    /// <summary>Runs SQL beside the ports, to look at or change what they cannot.</summary>
    public abstract Task<IReadOnlyList<object?[]>> QueryAsync(string sql);

    protected abstract StoreFixture New();

    protected abstract void Register(IServiceCollection services);

    protected abstract Task CreateAsync();

    protected abstract Task DropAsync();

    private T Get<T>()
        where T : notnull => _services!.GetRequiredService<T>();
}
