using System.Net;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Resilience;

[Trait("Category", "Integration")]
public sealed class PostgresOutageTests
{
    /// <summary>How long the database is away; what is asserted does not depend on it.</summary>
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    [SkippableFact]
    public async Task An_outage_of_PostgreSQL_is_answered_with_503_and_heals_by_itself_without_loss()
    {
        Skip.IfNot(PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        await using var postgres = await PostgresServer.CreateAsync();
        await using var hub = await HubServer.StartAsync(new HubOptions { Store = HubStore.Postgres, PostgresServer = postgres.ConnectionString });
        using var crowd = await Crowd.GatherAsync(hub, senders: 8, conversations: 5);
        var load = new SendingLoad(crowd, messagesPerSender: 500, seed: 10);

        var sending = load.RunAsync();
        await load.UntilAsync(load.Total / 4, sending);
        await postgres.StopAsync();
        await Task.Delay(Outage);
        using var notReady = await hub.Http.GetAsync("/ready");
        using var alive = await hub.Http.GetAsync("/health");
        using var read = await crowd.Watcher.Http.GetAsync("/v1/conversations");
        await postgres.StartAsync();
        await sending;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, notReady.StatusCode);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, read.StatusCode);
        Assert.NotEmpty(load.Refusals);
        Assert.All(load.Refusals, refusal => Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (refusal.Status, refusal.HasRetryAfter)));
        Assert.All(load.Refusals, refusal => Assert.True(refusal.After < AnswerLimit, $"{refusal}"));
        await StoredMessages.AssertNothingLostAsync(crowd, load);
        await Eventually.HoldsAsync("/ready after the outage", async () => (await hub.Http.GetAsync("/ready")).IsSuccessStatusCode);
    }
}
