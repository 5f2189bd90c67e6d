using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Resilience;

[Trait("Category", "Integration")]
public sealed class SecondProcessTests
{
    [SkippableTheory]
    [InlineData(HubStore.Sqlite)]
    [InlineData(HubStore.Postgres)]
    public async Task A_second_process_on_the_same_store_is_refused_and_the_first_goes_on(HubStore store)
    {
        Skip.If(store == HubStore.Postgres && !PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        await using var hub = await HubServer.StartAsync(new HubOptions { Store = store });

        var (exitCode, output) = await hub.RunAsync("--urls", $"http://127.0.0.1:{FreePort.Next()}");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("Orleans", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        using var user = await hub.SignInAsync("user1");
        await user.SendAsync("conv-test", "still here");
    }

    [Fact]
    public async Task The_store_of_a_killed_process_is_free_for_the_next()
    {
        await using var hub = await HubServer.StartAsync();

        await hub.KillAndStartAgainAsync();

        using var user = await hub.SignInAsync("user1");
        await user.SendAsync("conv-test", "back again");
    }
}
