namespace Chat4All.Tests.Hosting;

/// <summary>One default server for all tests of a class: <c>IClassFixture&lt;HubFixture&gt;</c>.</summary>
public sealed class HubFixture : IAsyncLifetime
{
    private HubServer? _server;

    public HubServer Server => _server ?? throw new InvalidOperationException("The fixture has not started.");

    public async Task InitializeAsync() => _server = await HubServer.StartAsync();

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
