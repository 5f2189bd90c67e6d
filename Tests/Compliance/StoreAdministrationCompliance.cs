using Chat4All.Grains.Ports;
using Chat4All.Tests.Infrastructure.Stores;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>What every <see cref="IStoreAdministration"/> must do.</summary>
public abstract class StoreAdministrationCompliance(StoreFixture fixture)
{
    [SkippableFact]
    public async Task A_store_that_has_its_schema_is_left_alone()
    {
        fixture.Require();
        var user = (await fixture.Users.AddUsersAsync(1))[0];

        Assert.False(await fixture.Administration.MigrateAsync(CancellationToken.None));

        Assert.NotNull(await fixture.Users.FindAsync(user, CancellationToken.None));
        await fixture.Administration.PingAsync(CancellationToken.None);
    }

    [SkippableFact]
    public async Task Of_processes_that_migrate_an_empty_store_at_once_one_finds_it_empty()
    {
        fixture.Require();
        await using var empty = await fixture.CreateEmptyAsync();
        var processes = Enumerable.Range(0, 4).Select(_ => empty.Build()).ToList();

        var answers = await Task.WhenAll(processes.Select(process => Task.Run(() => process.GetRequiredService<IStoreAdministration>().MigrateAsync(CancellationToken.None))));

        Assert.Single(answers, static wasEmpty => wasEmpty);
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }
    }

    [SkippableFact]
    public async Task A_newer_schema_and_a_changed_migration_are_refused_by_name()
    {
        fixture.Require();
        await using var other = await fixture.CreateEmptyAsync();
        await using var process = other.Build();
        var administration = process.GetRequiredService<IStoreAdministration>();
        await administration.MigrateAsync(CancellationToken.None);

        await other.QueryAsync("insert into schema_migrations (number, name, checksum, applied_at) values (9999, '9999_future', 'x', '2026-01-01T00:00:00.000000Z')");
        var newer = await Assert.ThrowsAsync<InvalidOperationException>(() => administration.MigrateAsync(CancellationToken.None));
        await other.QueryAsync("delete from schema_migrations where number = 9999");
        await other.QueryAsync("update schema_migrations set checksum = 'x' where number = 1");
        var changed = await Assert.ThrowsAsync<InvalidOperationException>(() => administration.MigrateAsync(CancellationToken.None));

        Assert.Contains("9999_future", newer.Message, StringComparison.Ordinal);
        Assert.Contains("0001_core", changed.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_second_process_is_refused_by_an_error_that_names_the_Orleans_engine_until_the_first_is_gone()
    {
        fixture.Require();
        await using var second = fixture.Build();
        var held = await fixture.Administration.AcquireWriterLockAsync(CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => second.GetRequiredService<IStoreAdministration>().AcquireWriterLockAsync(CancellationToken.None));
        await held.DisposeAsync();
        await using var now = await second.GetRequiredService<IStoreAdministration>().AcquireWriterLockAsync(CancellationToken.None);

        Assert.Contains("Orleans engine", refusal.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_quickstarts_queries_show_the_outbox()
    {
        fixture.Require();
        var users = await fixture.Users.AddUsersAsync(2);
        var id = (await fixture.Conversations.AddConversationAsync(users)).ConversationId;
        var sent = Message(id, 1, users[0], id: "msg-outbox-test");
        await fixture.Conversations.AppendAsync([Append(id, 0, sent)], CancellationToken.None);

        var newest = await fixture.QueryAsync(
            """
            SELECT id, aggregate_type, event_type, published, created_at 
            FROM outbox_events 
            ORDER BY created_at DESC 
            LIMIT 10;
            """);
        var before = Assert.Single(await fixture.QueryAsync("SELECT version, published, published_at FROM outbox_events WHERE aggregate_id = 'msg-outbox-test';"));
        Assert.Single(await fixture.QueryAsync("SELECT * FROM outbox_events WHERE aggregate_id = 'msg-outbox-test';"));
        var stuck = await fixture.QueryAsync("SELECT * FROM outbox_events WHERE published = FALSE");
        await fixture.Outbox.MarkPublishedAsync(await fixture.Outbox.LoadUnpublishedAsync(id, 1, CancellationToken.None), Start, CancellationToken.None);
        var after = Assert.Single(await fixture.QueryAsync("SELECT version, published, published_at FROM outbox_events WHERE aggregate_id = 'msg-outbox-test';"));

        Assert.Equal("message.created", newest[0][2]);
        Assert.Single(stuck);
        Assert.Equal((1L, false), (Convert.ToInt64(before[0], null), Convert.ToBoolean(before[1], null)));
        Assert.Null(before[2]);
        Assert.Equal((1L, true), (Convert.ToInt64(after[0], null), Convert.ToBoolean(after[1], null)));
        Assert.NotNull(after[2]);
    }
}
