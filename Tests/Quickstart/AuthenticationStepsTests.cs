using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Quickstart;

/// <summary>Step 7 of the quickstart, pasted.</summary>
[Trait("Category", "Integration")]
public sealed class AuthenticationStepsTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [SkippableFact]
    public async Task Step_7_1_answers_a_bearer_token_for_15_minutes_and_a_refresh_token()
    {
        Shell.Require("curl");
        using var shell = new QuickstartShell(hub.Server);

        var answer = await shell.ObtainTokensAsync();

        Assert.StartsWith("eyJ", answer.GetProperty("access_token").GetString(), StringComparison.Ordinal);
        Assert.Equal("Bearer", answer.GetProperty("token_type").GetString());
        Assert.Equal(900, answer.GetProperty("expires_in").GetInt32());
        Assert.Matches("^[0-9a-f]{32}$", answer.GetProperty("refresh_token").GetString());
        Assert.Equal("read write", answer.GetProperty("scope").GetString());
    }

    [SkippableFact]
    public async Task Step_7_2_lists_the_demo_conversation()
    {
        Shell.Require("curl");
        using var shell = new QuickstartShell(hub.Server);
        await shell.ObtainTokensAsync();

        var answer = await shell.CurlAsync(PrintedSteps.Block("7.2", "bash"));

        Assert.Contains(answer.GetProperty("conversations").EnumerateArray(), one => one.GetProperty("conversation_id").GetString() == "conv-test");
    }

    [SkippableFact]
    public async Task Step_7_3_gives_a_new_access_token_for_a_refresh_token_that_stays_valid()
    {
        Shell.Require("curl");
        using var shell = new QuickstartShell(hub.Server);
        await shell.ObtainTokensAsync();

        var first = await shell.CurlAsync(PrintedSteps.Block("7.3", "bash"));
        var second = await shell.CurlAsync(PrintedSteps.Block("7.3", "bash"));

        Assert.NotEqual(shell.Variables["ACCESS_TOKEN"], first.GetProperty("access_token").GetString());
        Assert.NotEqual(first.GetProperty("access_token").GetString(), second.GetProperty("access_token").GetString());
    }

    [SkippableFact]
    public async Task Step_7_4_revokes_the_refresh_token_and_leaves_the_access_token_valid()
    {
        Shell.Require("curl");
        using var shell = new QuickstartShell(hub.Server);
        await shell.ObtainTokensAsync();

        var revoked = await shell.CurlAsync(PrintedSteps.Block("7.4", "bash"));
        var refreshed = await shell.CurlAsync(PrintedSteps.Block("7.3", "bash"));
        var listed = await shell.CurlAsync(PrintedSteps.Block("7.2", "bash"));

        Assert.Equal("""{"message":"Refresh token revoked successfully"}""", revoked.GetRawText());
        Assert.Equal("invalid_grant", refreshed.GetProperty("error").GetString());
        Assert.True(listed.TryGetProperty("conversations", out _));
    }
}
