using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Operations;

/// <summary>The store, under its adapter's name.</summary>
internal sealed class StoreCheck(IStoreAdministration store) : IDependencyCheck
{
    public string Name => store.Name;

    public Task CheckAsync(CancellationToken cancellationToken) => store.PingAsync(cancellationToken);
}
