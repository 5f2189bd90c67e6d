using Chat4All.Grains.Ports;
using Chat4All.Tests.Compliance;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.Infrastructure.Stores;

/// <summary>
/// What PostgreSQL rolls back for the sake of another transaction is done again, once. At read committed, the server's default, an append meets deadlocks alone;
/// serialization failures come where the database's own default is stricter.
/// </summary>
[Trait("Category", "Integration")]
public sealed class PostgresContentionTests(PostgresStoreFixture fixture) : IClassFixture<PostgresStoreFixture>
{
    private const string Writer = "chat4all writer";
    private const string Reader = "chat4all";

    private static readonly string[] RowLock = ["transactionid", "tuple"];

    [SkippableFact]
    public async Task An_append_that_a_deadlock_chose_as_its_victim_ends_committed_once()
    {
        fixture.Require();
        var user = (await fixture.Users.AddUsersAsync(1))[0];
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add((await fixture.Conversations.AddConversationAsync(user)).ConversationId);
        }

        ids.Sort(StringComparer.Ordinal);
        await using var gate = await LockAsync(ids[1]);
        await using var other = await LockAsync(ids[2]);
        await other.RunAsync("set local deadlock_timeout = '1min'"); // It waits longer than the append does, so that the append is the one to look and to give way.

        // The append has the first row and waits at the gate; the other has the last and waits for the first; then the gate opens.
        var append = fixture.Conversations.AppendAsync([.. ids.Select(id => StoreTestData.Append(id, 0, StoreTestData.Message(id, 1, user)))], CancellationToken.None);
        var writer = await gate.FindWaitingAsync(Writer, RowLock);
        var opposite = other.RunAsync("select from conversations where id = $1 for update", ids[0]);
        await Eventually.HoldsAsync("the other waits for the append", async () => (await gate.AskAsync<int[]>("select pg_blocking_pids($1)", other.ProcessId)).Contains(writer));
        await gate.RunAsync("rollback");
        await opposite;
        await other.RunAsync("commit");

        Assert.True((await append).Committed);
        foreach (var id in ids)
        {
            await AssertOneAsync(fixture.Reader, gate, id);
        }
    }

    [SkippableTheory]
    [InlineData("repeatable read")]
    [InlineData("serializable")]
    public async Task An_append_that_could_not_be_serialized_ends_committed_once(string isolation)
    {
        fixture.Require();
        await using var store = await StricterStore.CreateAsync(fixture, isolation);
        var conversation = await store.Conversations.AddConversationAsync(store.User);
        await using var other = await PostgresSession.OpenAsync(store.ConnectionString);
        await other.RunAsync("begin");
        await other.RunAsync("update conversations set metadata = '{\"a\":1}' where id = $1", conversation.ConversationId);

        var append = store.Conversations.SendAsync(conversation.ConversationId, 0, store.User);
        await other.FindWaitingAsync(Writer, RowLock);
        await other.RunAsync("commit");
        await append;

        await AssertOneAsync(store.Reader, other, conversation.ConversationId);
    }

    [SkippableFact]
    public async Task A_look_under_the_rows_lock_that_could_not_be_serialized_is_taken_again()
    {
        fixture.Require();
        await using var store = await StricterStore.CreateAsync(fixture, "repeatable read");
        var conversation = await store.Conversations.AddConversationAsync(store.User);
        await using var other = await PostgresSession.OpenAsync(store.ConnectionString);
        await other.RunAsync("begin");
        await other.RunAsync("update conversations set last_seq = 7 where id = $1", conversation.ConversationId);

        var load = store.Conversations.LoadAsync(conversation.ConversationId, CancellationToken.None);
        await other.FindWaitingAsync(Reader, RowLock);
        await other.RunAsync("commit");

        Assert.Equal(7, (await load)!.LastSeq);
    }

    private static async Task AssertOneAsync(IConversationReader reader, PostgresSession session, string conversationId)
    {
        Assert.Equal([1L], (await reader.ListAfterAsync(conversationId, 0, long.MaxValue, 10, CancellationToken.None)).Select(message => message.Seq));
        Assert.Equal(1, await session.AskAsync<long>("select last_seq from conversations where id = $1", conversationId));
        Assert.Equal(1, await session.AskAsync<long>("select count(*) from outbox_events where conversation_id = $1", conversationId));
    }

    private async Task<PostgresSession> LockAsync(string conversationId)
    {
        var session = await PostgresSession.OpenAsync(fixture.ConnectionString);
        await session.RunAsync("begin");
        await session.RunAsync("select from conversations where id = $1 for update", conversationId);
        return session;
    }

    /// <summary>A store in a database whose owner chose another default isolation.</summary>
    private sealed class StricterStore(StoreFixture database, ServiceProvider services, string user) : IAsyncDisposable
    {
        public string ConnectionString => ((PostgresStoreFixture)database).ConnectionString;

        public string User => user;

        public IConversationStore Conversations => services.GetRequiredService<IConversationStore>();

        public IConversationReader Reader => services.GetRequiredService<IConversationReader>();

        public static async Task<StricterStore> CreateAsync(StoreFixture fixture, string isolation)
        {
            var database = await fixture.CreateEmptyAsync();
            await database.QueryAsync($"do $$ begin execute format('alter database %I set default_transaction_isolation = %L', current_database(), '{isolation}'); end $$");
            var services = database.Build();
            await services.GetRequiredService<IStoreAdministration>().MigrateAsync(CancellationToken.None);
            return new StricterStore(database, services, (await services.GetRequiredService<IUserStore>().AddUsersAsync(1))[0]);
        }

        public async ValueTask DisposeAsync()
        {
            await services.DisposeAsync();
            await database.DisposeAsync();
        }
    }
}
