using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Operations;

/// <summary>The object store, under its adapter's name. Without it files wait, but messages go on: no reason to turn everybody away.</summary>
internal sealed class ObjectStoreCheck(IObjectStore objects) : IDependencyCheck
{
    public string Name => objects.Name;

    public bool IsVital => false;

    public Task CheckAsync(CancellationToken cancellationToken) => objects.PingAsync(cancellationToken);
}
