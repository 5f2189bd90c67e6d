using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.RealTime;

/// <summary>Unmodified clients of others, each driven by a script that fails with an exit code.</summary>
[Trait("Category", "Integration")]
public sealed class RealClientsTests(SocketHost host) : IClassFixture<SocketHost>
{
    [SkippableFact]
    public async Task SignalR_from_npm_does_everything_on_two_transports() => await RunNodeAsync("signalr.cjs", "user1", "user2");

    [SkippableFact]
    public async Task Ws_from_npm_does_everything() => await RunNodeAsync("ws.cjs", "user3", "user4");

    [SkippableFact]
    public async Task Debians_websockets_for_Python_sends_and_receives()
    {
        using var shell = new Shell();
        Skip.IfNot(await shell.RunAsync("/usr/bin/python3 -c 'import websockets' 2>&1 || true") is "", "python3-websockets is not installed (./chat4all test installs it)");
        var user = await host.UserAsync("user5");

        await shell.RunAsync($"exec /usr/bin/python3 {Script("listen.py")} {Server} {user.AccessToken} {await user.CreatePrivateAsync("user6")}");
    }

    private string Server => host.BaseUrl.ToString().TrimEnd('/');

    private static string Script(string name) => $"'{RepositoryFolder.PathOf("Tests", "RealTime", "Clients", name)}'";

    private async Task RunNodeAsync(string script, string first, string second)
    {
        Shell.Require("node");
        using var shell = new Shell();
        shell.Variables["NODE_PATH"] = NpmClients.Modules;
        var (a, b) = (await host.UserAsync(first), await host.UserAsync(second));

        await shell.RunAsync($"exec node {Script(script)} {Server} {a.AccessToken} {b.AccessToken} {await a.CreatePrivateAsync(second)}");
    }
}
