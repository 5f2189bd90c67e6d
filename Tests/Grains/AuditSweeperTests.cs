using Chat4All.Grains.Ports;
using Chat4All.Tests.Hosting;
using Xunit;

namespace Chat4All.Tests.Grains;

public sealed class AuditSweeperTests : IAsyncLifetime
{
    private EmbeddedStore _store = null!;

    public async Task InitializeAsync() => _store = await EmbeddedStore.StartAsync();

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Replayed_letters_are_deleted_with_their_audit_entries_once_the_retention_is_over()
    {
        await ReplayAsync("old", TimeSpan.FromDays(8));
        await ReplayAsync("recent", TimeSpan.FromDays(6));

        await using var host = await GrainHost.StartAsync(_store, null, ("Audit:RetentionDays", "7"));

        await Eventually.HoldsAsync("it is deleted", async () => await _store.DeadLetters.FindAsync("old", CancellationToken.None) is null);
        Assert.NotNull(await _store.DeadLetters.FindAsync("recent", CancellationToken.None));
        Assert.Equal("recent", Assert.Single(await _store.AuditAsync()).Detail);
    }

    private async Task ReplayAsync(string id, TimeSpan ago)
    {
        var letter = new DeadLetter
        {
            Id = id, Topic = "topic", Group = "group", EventId = $"event-{id}", EventType = "type", Key = "key", Reason = "reason", Attempts = 1, Event = "{}", CreatedAt = DateTimeOffset.UnixEpoch,
        };
        await _store.DeadLetters.AddAsync(letter, CancellationToken.None);
        await _store.DeadLetters.MarkReplayedAsync(letter, new AuditEntry(id, "admin", "dead_letter.replayed", id, id, DateTimeOffset.UtcNow - ago), CancellationToken.None);
    }
}
