using System.Net;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Auth;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Operations;

/// <summary>What balancers and supervisors ask.</summary>
[Trait("Category", "Integration")]
public sealed class HealthTests
{
    [Fact]
    public async Task The_process_says_that_it_lives_and_each_dependency_is_named()
    {
        await using var host = await AuthHost.StartAsync();

        var health = await host.Http.GetAsync("/health").JsonAsync();
        var ready = await host.Http.GetAsync("/ready").JsonAsync();

        Assert.Equal("ok", health.Text("status"));
        Assert.Equal("chat4all-api", health.Text("service"));
        Assert.Equal("ready", ready.Text("status"));
        Assert.Equal("up", ready.GetProperty("dependencies").GetProperty("sqlite").Text("status"));
        Assert.Equal("up", ready.GetProperty("dependencies").GetProperty("files").Text("status"));
        Assert.Equal("up", ready.GetProperty("dependencies").GetProperty("event_log").Text("status"));
    }

    [Fact]
    public async Task A_dependency_that_is_down_or_hangs_is_named_and_the_process_is_not_ready_but_alive()
    {
        await using var host = await AuthHost.StartAsync(
            services => services.AddDependency("broken", static _ => throw new StoreUnavailableException("down for a test"))
                .AddDependency("hanging", static cancellation => Task.Delay(Timeout.Infinite, cancellation)));

        var ready = await host.Http.GetAsync("/ready").JsonAsync(HttpStatusCode.ServiceUnavailable);

        Assert.Equal("not_ready", ready.Text("status"));
        Assert.Equal("down", ready.GetProperty("dependencies").GetProperty("broken").Text("status"));
        Assert.Equal("down", ready.GetProperty("dependencies").GetProperty("hanging").Text("status"));
        Assert.Equal("up", ready.GetProperty("dependencies").GetProperty("sqlite").Text("status"));
        await host.Http.GetAsync("/health").JsonAsync();
    }

    [SkippableFact]
    public async Task On_PostgreSQL_the_dependency_is_called_so()
    {
        Skip.IfNot(PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        await using var server = await HubServer.StartAsync(new HubOptions { Store = HubStore.Postgres });

        var ready = await server.Http.GetAsync("/ready").JsonAsync();

        Assert.Equal("up", ready.GetProperty("dependencies").GetProperty("postgres").Text("status"));
    }
}
