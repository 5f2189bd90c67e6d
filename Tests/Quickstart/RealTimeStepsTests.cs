using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Quickstart;

/// <summary>Step 8 of the quickstart, pasted: two terminals with the printed Python script and one with curl.</summary>
[Trait("Category", "Integration")]
public sealed class RealTimeStepsTests
{
    [SkippableFact]
    public async Task Step_8_2_shows_the_message_in_both_terminals_and_the_script_answers_pings()
    {
        Shell.Require("curl");
        Skip.IfNot(await HasWebSocketsAsync(), "python3-websockets is not installed (./chat4all test installs it)");
        // The heartbeat every second instead of every 30, so that the script's answer to it is seen soon.
        await using var hub = await HubServer.StartAsync(new HubOptions { Environment = new Dictionary<string, string> { ["WEBSOCKET_HEARTBEAT_INTERVAL"] = "1" } });
        using var user1 = await hub.SignInAsync("user1");
        using var user2 = await hub.SignInAsync("user2");
        var (outputA, outputB) = (new ProcessOutput(), new ProcessOutput());
        using var terminalA = OpenTerminal(hub, user1, outputA, out var shellA);
        using var terminalB = OpenTerminal(hub, user2, outputB, out var shellB);
        using var terminalC = shellA;
        using var folderB = shellB;
        await ShowsAsync(outputA, "Connected: ", "connection.established", "user1");
        await ShowsAsync(outputB, "Connected: ", "connection.established", "user2");

        var receipt = await terminalC.CurlAsync(PrintedSteps.Block("8.2", "bash", 2, ("<conv_id>", "conv-test"), ("<user1_id>", "user1")));

        Assert.Equal("accepted", receipt.GetProperty("status").GetString());
        Assert.Equal("msg-uuid-123", receipt.GetProperty("message_id").GetString());
        foreach (var output in new[] { outputA, outputB })
        {
            await ShowsAsync(output, "Event received: message.created", "Hello from production-ready Chat4All!", "\"message_id\": \"msg-uuid-123\"");
            await ShowsAsync(output, "Event received: ping", "Sent pong");
        }

        Assert.False(terminalA.HasExited || terminalB.HasExited);
    }

    private static ChildProcess OpenTerminal(HubServer hub, HubClient user, ProcessOutput output, out QuickstartShell shell)
    {
        shell = new QuickstartShell(hub);
        shell.Variables["ACCESS_TOKEN"] = user.AccessToken;
        return shell.StartSocketScript(output);
    }

    private static async Task ShowsAsync(ProcessOutput output, params string[] texts)
    {
        foreach (var text in texts)
        {
            await Eventually.HoldsAsync($"'{text}' in a terminal that shows\n{output.Tail()}", () => output.Text.Contains(text, StringComparison.Ordinal));
        }
    }

    private static async Task<bool> HasWebSocketsAsync()
    {
        using var shell = new Shell();
        return await shell.RunAsync("/usr/bin/python3 -c 'import websockets' 2>&1 || true") is "";
    }
}
