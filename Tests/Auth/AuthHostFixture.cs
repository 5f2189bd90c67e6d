namespace Chat4All.Tests.Auth;

/// <summary>One server for the tests of a class that change nothing about it.</summary>
public sealed class AuthHostFixture : IAsyncLifetime
{
    private AuthHost? _host;

    internal AuthHost Host => _host ?? throw new InvalidOperationException("The fixture has not started.");

    public async Task InitializeAsync() => _host = await AuthHost.StartAsync();

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }
}
