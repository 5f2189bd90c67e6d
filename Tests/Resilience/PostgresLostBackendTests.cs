using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Chat4All.Tests.Hosting;
using Npgsql;

namespace Chat4All.Tests.Resilience;

/// <summary>
/// The server's process that writes a message is ended: the sender is told that the outcome is not known, and the same message again gets the truth, whichever it is.
/// </summary>
[Trait("Category", "Integration")]
[Trait("Engine", "Both")]
public sealed class PostgresLostBackendTests
{
    private const string Writer = "chat4all writer";
    private const string Reader = "chat4all";
    private const string Conversation = "conv-test";
    private const string Id = "held";

    // Runs when the statement is done and its transaction commits.
    private const string WaitAtCommit =
        """
        create function wait_at_commit() returns trigger language plpgsql as 'begin perform pg_advisory_xact_lock(1); return null; end';
        create constraint trigger wait_at_commit after insert on messages deferrable initially deferred for each row execute function wait_at_commit();
        select pg_advisory_lock(1);
        """;

    [SkippableFact]
    public async Task A_backend_ended_before_the_commit_has_written_nothing_and_the_message_goes_in_by_its_retry()
    {
        Skip.IfNot(PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        await using var hub = await HubServer.StartAsync(new HubOptions { Store = HubStore.Postgres });
        await using var other = await PostgresSession.OpenAsync(hub.PostgresConnection!);
        using var user = await hub.SignInAsync("user1");
        await using var socket = await HubSocket.OpenAsync(hub.BaseUrl, user.AccessToken);
        await user.SendAsync(Conversation, "before", "before");

        await other.RunAsync("begin");
        await other.RunAsync("select from conversations where id = $1 for update", Conversation);
        await LoseAsync(user, other, "transactionid", written: false);
        await other.RunAsync("commit");

        await AssertOnceAsync(await RetryAsync(user), user, socket, other, written: false);
    }

    [SkippableFact]
    public async Task A_backend_ended_amid_a_commit_that_was_not_done_has_written_nothing_and_the_message_goes_in_by_its_retry()
    {
        Skip.IfNot(PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        await using var hub = await HubServer.StartAsync(new HubOptions { Store = HubStore.Postgres });
        await using var other = await PostgresSession.OpenAsync(hub.PostgresConnection!);
        using var user = await hub.SignInAsync("user1");
        await using var socket = await HubSocket.OpenAsync(hub.BaseUrl, user.AccessToken);
        await user.SendAsync(Conversation, "before", "before");

        await other.RunAsync(WaitAtCommit);
        await LoseAsync(user, other, "advisory", written: false);
        await other.RunAsync("select pg_advisory_unlock(1)");

        await AssertOnceAsync(await RetryAsync(user), user, socket, other, written: false);
    }

    [SkippableFact]
    public async Task A_backend_ended_behind_its_commit_has_written_the_message_and_its_retry_finds_it()
    {
        Skip.IfNot(PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        await using var postgres = await PostgresServer.CreateAsync();
        await using var hub = await HubServer.StartAsync(new HubOptions { Store = HubStore.Postgres, PostgresServer = postgres.ConnectionString });
        await using var other = await PostgresSession.OpenAsync(hub.PostgresConnection!);
        using var user = await hub.SignInAsync("user1");
        await using var socket = await HubSocket.OpenAsync(hub.BaseUrl, user.AccessToken);
        await user.SendAsync(Conversation, "before", "before");

        await using (await MissingStandby.AwaitedAsync(hub.PostgresConnection!))
        {
            await LoseAsync(user, other, "SyncRep", written: true);
        }

        await AssertOnceAsync(await RetryAsync(user), user, socket, other, written: true);
    }

    /// <summary>The server does not notice that nobody listens any more: the lost backend commits later, and who looks must wait for it.</summary>
    [SkippableFact]
    public async Task While_a_backend_that_the_network_lost_may_still_commit_the_retry_waits_for_it()
    {
        Skip.IfNot(PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        await using var postgres = await PostgresServer.CreateAsync();
        var direct = new NpgsqlConnectionStringBuilder(postgres.ConnectionString);
        await using var network = new TcpRelay(direct.Port);
        var relayed = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Port = network.Port };
        await using var hub = await HubServer.StartAsync(new HubOptions { Store = HubStore.Postgres, PostgresServer = relayed.ConnectionString });
        await using var other = await PostgresSession.OpenAsync(new NpgsqlConnectionStringBuilder(hub.PostgresConnection) { Port = direct.Port }.ConnectionString);
        using var user = await hub.SignInAsync("user1");
        await using var socket = await HubSocket.OpenAsync(hub.BaseUrl, user.AccessToken);
        await user.SendAsync(Conversation, "before", "before");

        await other.RunAsync(WaitAtCommit);
        var sending = user.TrySendAsync(Conversation, "held", Id);
        var lost = await other.FindWaitingAsync(Writer, "advisory");
        network.Cut();
        using (var answer = await sending)
        {
            await AssertUnknownAsync(answer);
        }

        var retry = RetryAsync(user);
        await other.FindWaitingAsync(Reader, "transactionid");
        Assert.Equal(1, await other.AskAsync<long>("select count(*) from pg_stat_activity where pid = $1", lost));
        await other.RunAsync("select pg_advisory_unlock(1)");

        await AssertOnceAsync(await retry, user, socket, other, written: true);
    }

    /// <summary>Sends the message, ends the process that writes it where it waits, and looks at what the sender is told and what is there.</summary>
    private static async Task LoseAsync(HubClient user, PostgresSession other, string waitEvent, bool written)
    {
        var sending = user.TrySendAsync(Conversation, "held", Id);
        var backend = await other.FindWaitingAsync(Writer, waitEvent);
        Assert.True(await other.AskAsync<bool>("select pg_terminate_backend($1, 5000)", backend));
        using var answer = await sending;

        await AssertUnknownAsync(answer);
        Assert.Equal(written ? 1 : 0, await other.AskAsync<long>("select count(*) from messages where id = $1", Id));
    }

    private static async Task AssertUnknownAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal("outcome_unknown", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
    }

    /// <summary>The retry is answered with what is there, and the conversation counts on without a gap.</summary>
    private static async Task AssertOnceAsync(JsonElement receipt, HubClient user, HubSocket socket, PostgresSession other, bool written)
    {
        var next = await user.SendAsync(Conversation, "after", "after");
        await socket.WaitForAsync("the message behind it on the socket", e => Created(e) == "after");

        Assert.Equal(written, receipt.TryGetProperty("duplicate", out var duplicate) && duplicate.GetBoolean());
        Assert.Equal(receipt.GetProperty("seq").GetInt64() + 1, next.GetProperty("seq").GetInt64());
        var messages = await user.ListMessagesAsync(Conversation);
        Assert.Equal(Enumerable.Range(1, messages.Count).Select(seq => (long)seq), messages.Select(message => message.GetProperty("seq").GetInt64()));
        Assert.Equal(["before", Id, "after"], messages.TakeLast(3).Select(message => message.GetProperty("message_id").GetString()));
        Assert.Equal(["before", Id, "after"], socket.Events.Select(Created).OfType<string>());
        Assert.Equal(1, await other.AskAsync<long>("select count(*) from outbox_events where aggregate_id = $1 and event_type = 'message.created'", Id));
    }

    private static async Task<JsonElement> RetryAsync(HubClient user)
    {
        JsonElement receipt = default;
        await Eventually.HoldsAsync("the message is accepted", async () =>
        {
            using var answer = await user.TrySendAsync(Conversation, "held", Id);
            Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Accepted, HttpStatusCode.ServiceUnavailable });
            receipt = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return answer.StatusCode == HttpStatusCode.Accepted;
        });
        return receipt;
    }

    private static string? Created(JsonElement e) =>
        HubSocket.TypeOf(e) == "message.created" ? e.GetProperty("data").GetProperty("message_id").GetString() : null;

    /// <summary>A synchronous standby that does not exist: a commit that waits for it is on the server's disk, and only its answer is missing.</summary>
    private sealed class MissingStandby(string connectionString, PostgresSession probe) : IAsyncDisposable
    {
        private Task _probing = Task.CompletedTask;

        public static async Task<MissingStandby> AwaitedAsync(string connectionString)
        {
            var standby = new MissingStandby(connectionString, await PostgresSession.OpenAsync(connectionString));
            await using var settings = await PostgresSession.OpenAsync(connectionString);
            await settings.RunAsync("alter system set synchronous_standby_names = 'nobody'");
            await settings.RunAsync("select pg_reload_conf()");
            await Eventually.HoldsAsync("commits wait for the standby", () => standby.IsAwaitedAsync(settings));
            return standby;
        }

        public async ValueTask DisposeAsync()
        {
            await using (var settings = await PostgresSession.OpenAsync(connectionString))
            {
                await settings.RunAsync("alter system reset synchronous_standby_names");
                await settings.RunAsync("select pg_reload_conf()");
            }

            await _probing;
            await probe.DisposeAsync();
        }

        private async Task<bool> IsAwaitedAsync(PostgresSession settings)
        {
            if (_probing.IsCompleted)
            {
                await _probing;
                _probing = probe.RunAsync("select pg_logical_emit_message(true, 'probe', '')");
            }

            return await settings.AskAsync<bool>("select exists (select from pg_stat_activity where pid = $1 and wait_event = 'SyncRep')", probe.ProcessId);
        }
    }
}
