using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.RealTime;

/// <summary>A terminal with <c>wscat</c>, which sends nothing by itself, left alone for three minutes beside the other tests.</summary>
[Trait("Category", "Integration")]
public sealed class PatientSocketTests
{
    private static readonly TimeSpan Alone = TimeSpan.FromMinutes(3);

    [SkippableFact]
    public async Task Wscat_left_alone_for_three_minutes_stays_connected()
    {
        Shell.Require("node");
        var modules = NpmClients.Modules;
        await using var host = await SocketHost.StartAsync(null);
        var user = await host.UserAsync("user1");
        using var shell = new Shell();
        var output = new ProcessOutput();
        // It ends with its input; a pipe open at both ends has as little of one as a terminal that nobody types into.
        using var wscat = shell.Start($"mkfifo nobody; exec '{modules}/.bin/wscat' -c 'ws://{host.BaseUrl.Authority}/ws?token={user.AccessToken}' <> nobody", output);
        await Eventually.HoldsAsync("the welcome", () => output.Text.Contains("connection.established", StringComparison.Ordinal));

        // Six heartbeats of 30 s are the three minutes.
        await Eventually.HoldsAsync($"six pings in\n{output.Tail()}", () => Pings(output) >= 6, Alone + TimeSpan.FromSeconds(30));

        Assert.False(wscat.HasExited);
        var seq = (await user.SendAsync("conv-test", "still there?")).GetProperty("seq").GetInt64();
        await Eventually.HoldsAsync("the message", () => output.Text.Contains($"\"seq\":{seq},", StringComparison.Ordinal));
    }

    private static int Pings(ProcessOutput output) => output.Text.Split("\"type\":\"ping\"").Length - 1;
}
