using System.Text.Json;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Resilience;

[Trait("Category", "Integration")]
public sealed class BackupTests
{
    [SkippableTheory]
    [InlineData(HubStore.Sqlite)]
    [InlineData(HubStore.Postgres)]
    public async Task A_backup_of_a_running_server_restores_every_row(HubStore store)
    {
        Skip.If(store == HubStore.Postgres && !PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        await using var hub = await HubServer.StartAsync(new HubOptions { Store = store });
        await using var copy = await HubServer.PrepareAsync(new HubOptions { Store = store });
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "chat4all.backup");
        using var crowd = await Crowd.GatherAsync(hub, senders: 4, conversations: 3);
        await new SendingLoad(crowd, messagesPerSender: 50, seed: 1).RunAsync();
        await Eventually.HoldsAsync("every outbox row is published", async () => !await HasUnpublishedAsync(hub));

        await SucceedsAsync(hub, "backup", file);
        await SucceedsAsync(copy, "restore", file);

        var original = await StoreRows.ReadAsync(hub);
        var restored = await StoreRows.ReadAsync(copy);
        Assert.Equal(original.Keys, restored.Keys);
        Assert.All(original, table => Assert.Equal(table.Value, restored[table.Key]));
        Assert.Equal(200, original["messages"].Length);
    }

    [SkippableTheory]
    [InlineData(HubStore.Sqlite)]
    [InlineData(HubStore.Postgres)]
    public async Task A_backup_under_load_is_one_moment_with_everything_acknowledged_before_it(HubStore store)
    {
        Skip.If(store == HubStore.Postgres && !PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        await using var hub = await HubServer.StartAsync(new HubOptions { Store = store });
        await using var copy = await HubServer.PrepareAsync(new HubOptions { Store = store });
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "chat4all.backup");
        using var crowd = await Crowd.GatherAsync(hub, senders: 8, conversations: 5);
        var load = new SendingLoad(crowd, messagesPerSender: 1_000, seed: 2);

        var sending = load.RunAsync();
        await load.UntilAsync(load.Total / 8, sending);
        var before = load.AcknowledgedSoFar();
        await SucceedsAsync(hub, "backup", file);
        await sending;
        await SucceedsAsync(copy, "restore", file);
        await copy.StartAgainAsync();

        using var watcher = await copy.SignInAsync(crowd.Watcher.UserId, Crowd.Secret);
        var kept = new Dictionary<string, long>();
        foreach (var conversation in crowd.Conversations)
        {
            var copied = await watcher.ListMessagesAsync(conversation);
            var whole = await crowd.Watcher.ListMessagesAsync(conversation);
            Assert.Equal(whole.Take(copied.Count).Select(Identity), copied.Select(Identity));
            kept[conversation] = copied.Count;
        }

        Assert.All(before, acknowledged => Assert.True(acknowledged.Value.Seq <= kept[acknowledged.Value.Conversation], acknowledged.Key));
        // It goes on where the copy ends.
        var next = await watcher.SendAsync(crowd.Conversations[0], "the first after the restore");
        Assert.Equal(kept[crowd.Conversations[0]] + 1, next.GetProperty("seq").GetInt64());
    }

    private static (string?, long) Identity(JsonElement message) =>
        (message.GetProperty("message_id").GetString(), message.GetProperty("seq").GetInt64());

    private static async Task SucceedsAsync(HubServer server, params string[] arguments)
    {
        var (exitCode, output) = await server.RunAsync(arguments);
        Assert.True(exitCode == 0, $"{string.Join(' ', arguments)}: exit code {exitCode}\n{output}");
    }

    private static async Task<bool> HasUnpublishedAsync(HubServer server) =>
        await StoreRows.CountAsync(server, "select count(*) from outbox_events where published = false") > 0;
}
