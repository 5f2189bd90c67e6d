using Chat4All.Grains.Ports;
using Chat4All.Tests.Infrastructure.Stores;
using Xunit;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>What every <see cref="IDeadLetterStore"/> must do.</summary>
public abstract class DeadLetterStoreCompliance(StoreFixture fixture)
{
    private static readonly AuditEntry Entry = new("", "admin", "dead_letter.replayed", "", null, Start.AddHours(1));

    private IDeadLetterStore Store => fixture.DeadLetters;

    [SkippableFact]
    public async Task A_dead_letter_is_found_as_it_was_stored()
    {
        var letter = await AddAsync(Letter() with { MessageId = "m", Recipient = "r", Channel = "whatsapp" });

        Assert.Equal(letter, await Store.FindAsync(letter.Id, CancellationToken.None));
        Assert.Null(await Store.FindAsync(NewId("dead"), CancellationToken.None));
    }

    [SkippableFact]
    public async Task The_same_event_of_a_group_again_replaces_the_first_and_waits_again()
    {
        var first = await AddAsync(Letter());
        await Store.MarkReplayedAsync(first, Entry with { Id = NewId("audit") }, CancellationToken.None);

        await AddAsync(Letter() with { EventId = first.EventId, Reason = "again", Attempts = 8, CreatedAt = Start.AddHours(2) });
        var other = await AddAsync(Letter() with { EventId = first.EventId, Group = "router" });

        Assert.Equal(first with { Reason = "again", Attempts = 8, CreatedAt = Start.AddHours(2) }, await Store.FindAsync(first.Id, CancellationToken.None));
        Assert.Equal(other, await Store.FindAsync(other.Id, CancellationToken.None));
    }

    [SkippableFact]
    public async Task Those_that_wait_are_listed_newest_first_by_position_or_offset()
    {
        var later = Start.AddYears(5);
        var letters = new List<DeadLetter>();
        for (var i = 0; i < 5; i++)
        {
            letters.Add(await AddAsync(Letter() with { CreatedAt = later.AddSeconds(i / 2) }));
        }

        await Store.MarkReplayedAsync(letters[1], Entry with { Id = NewId("audit") }, CancellationToken.None);
        string[] expected = [.. letters.Where(letter => letter != letters[1]).OrderByDescending(static l => l.CreatedAt).ThenByDescending(static l => l.Id, StringComparer.Ordinal).Select(static l => l.Id)];

        var first = await Store.ListAsync(null, 0, 2, CancellationToken.None);
        var second = await Store.ListAsync(new DeadLetterPosition(first[1].CreatedAt, first[1].Id), 0, 2, CancellationToken.None);
        Assert.Equal(expected, first.Concat(second).Select(static letter => letter.Id));
        Assert.Equal(expected[1..3], (await Store.ListAsync(null, 1, 2, CancellationToken.None)).Select(static letter => letter.Id));
    }

    [SkippableFact]
    public async Task A_replay_counts_once_and_is_audited_once()
    {
        var letter = await AddAsync(Letter());
        await Store.MarkReplayedAsync(letter, Entry with { Id = NewId("audit"), Subject = letter.Id }, CancellationToken.None);
        await Store.MarkReplayedAsync(letter, Entry with { Id = NewId("audit"), Subject = letter.Id, At = Start.AddHours(5) }, CancellationToken.None);

        Assert.Equal(Start.AddHours(1), (await Store.FindAsync(letter.Id, CancellationToken.None))?.ReplayedAt);
        Assert.Equal(["admin", "dead_letter.replayed"], Assert.Single(await fixture.QueryAsync($"select actor, action from audit_log where subject = '{letter.Id}'")));
    }

    [SkippableFact]
    public async Task What_was_given_up_again_since_it_was_read_goes_on_waiting()
    {
        var letter = await AddAsync(Letter());
        var again = await AddAsync(letter with { Reason = "again", CreatedAt = Start.AddMinutes(1) });

        await Store.MarkReplayedAsync(letter, Entry with { Id = NewId("audit"), Subject = letter.Id }, CancellationToken.None);

        Assert.Equal(again, await Store.FindAsync(letter.Id, CancellationToken.None));
        Assert.Single(await fixture.QueryAsync($"select 1 from audit_log where subject = '{letter.Id}'"));
    }

    [SkippableFact]
    public async Task A_deletion_counts_once_and_is_audited_once()
    {
        var letter = await AddAsync(Letter());
        var entry = Entry with { Action = "dead_letter.deleted", Subject = letter.Id };

        Assert.True(await Store.DeleteAsync(letter.Id, entry with { Id = NewId("audit") }, CancellationToken.None));
        Assert.False(await Store.DeleteAsync(letter.Id, entry with { Id = NewId("audit") }, CancellationToken.None));
        Assert.Null(await Store.FindAsync(letter.Id, CancellationToken.None));
        Assert.Single(await fixture.QueryAsync($"select 1 from audit_log where subject = '{letter.Id}'"));
    }

    [SkippableFact]
    public async Task Replayed_letters_and_audit_entries_of_before_a_moment_are_deleted_and_what_waits_is_not()
    {
        var longAgo = Start.AddYears(-5);
        var (waits, old, recent) = (await AddAsync(Letter() with { CreatedAt = longAgo }), await AddAsync(Letter()), await AddAsync(Letter()));
        await Store.MarkReplayedAsync(old, Entry with { Id = NewId("audit"), Subject = old.Id, At = longAgo }, CancellationToken.None);
        await Store.MarkReplayedAsync(recent, Entry with { Id = NewId("audit"), Subject = recent.Id, At = longAgo.AddDays(2) }, CancellationToken.None);

        Assert.Equal(2, await Store.PurgeAsync(longAgo.AddDays(1), 10, CancellationToken.None));

        Assert.Null(await Store.FindAsync(old.Id, CancellationToken.None));
        Assert.NotNull(await Store.FindAsync(recent.Id, CancellationToken.None));
        Assert.NotNull(await Store.FindAsync(waits.Id, CancellationToken.None));
        Assert.Equal([recent.Id], Assert.Single(await fixture.QueryAsync($"select subject from audit_log where subject in ('{old.Id}', '{recent.Id}')")));
        Assert.Equal(0, await Store.PurgeAsync(longAgo.AddDays(1), 10, CancellationToken.None));
    }

    private static DeadLetter Letter() => new()
    {
        Id = NewId("dead"),
        Topic = "whatsapp_outgoing",
        Group = "connector",
        EventId = NewId("event"),
        EventType = "delivery.requested",
        Key = "conv",
        Reason = "timeout",
        Attempts = 4,
        Event = """{"specversion":"1.0"}""",
        CreatedAt = Start,
    };

    private async Task<DeadLetter> AddAsync(DeadLetter letter)
    {
        fixture.Require();
        await Store.AddAsync(letter, CancellationToken.None);
        return letter;
    }
}
