namespace Chat4All.Tests.Hosting;

[Trait("Category", "Integration")]
[Trait("Engine", "Both")]
public sealed class HubServerTests
{
    [Fact]
    public async Task A_server_stops_on_SIGTERM_and_comes_back_on_the_same_address()
    {
        await using var server = await HubServer.StartAsync();

        Assert.Equal(0, await server.StopAsync());
        await server.StartAgainAsync();
        await server.KillAndStartAgainAsync();

        Assert.Equal(System.Net.HttpStatusCode.OK, (await server.Http.GetAsync("/health")).StatusCode);
    }

    [SkippableFact]
    public async Task A_server_on_PostgreSQL_becomes_ready()
    {
        Skip.IfNot(PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        await using var server = await HubServer.StartAsync(new HubOptions { Store = HubStore.Postgres });

        using var user = await server.SignInAsync("user1");

        Assert.NotEmpty(user.AccessToken);
    }
}
