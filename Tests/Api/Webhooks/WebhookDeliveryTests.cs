using System.Net;
using System.Text.Json;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Api.Webhooks;

/// <summary>Events on their way to receivers, through the real server on both stores.</summary>
[Trait("Category", "Integration")]
public sealed class WebhookDeliveryTests
{
    private const string Secret = "a secret of the tests ✓";

    [SkippableTheory]
    [InlineData(HubStore.Sqlite)]
    [InlineData(HubStore.Postgres)]
    public async Task A_members_webhook_gets_each_message_once_and_in_order_and_a_strangers_none(HubStore store)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var server = await StartAsync(store);
        using var sender = await server.SignInAsync("user1");
        using var member = await server.SignInAsync("user2");
        using var stranger = await server.SignInAsync("user3");
        await sender.SendAsync("conv-test", "before there was a webhook");
        await CreateAsync(member, receiver.Url, "message.created");
        await CreateAsync(stranger, receiver.Url, "*");

        for (var i = 0; i < 30; i++)
        {
            await sender.SendAsync("conv-test", $"number {i} ✓");
        }

        await Eventually.HoldsAsync("all calls came", () => receiver.Calls.Count >= 30);
        Assert.Equal(Enumerable.Range(0, 30).Select(static i => $"number {i} ✓"), receiver.Calls.Select(static call => call.Data.GetProperty("content").GetString()));
        Assert.All(receiver.Calls, static call => Assert.Equal(("message.created", call.EventId), (call.Type, call.Json.GetProperty("id").GetString())));
        Assert.Equal(30, receiver.Calls.Select(static call => call.EventId).Distinct().Count());
    }

    [SkippableFact]
    public async Task The_signature_verifies_with_python_and_with_openssl()
    {
        Shell.Require("python3", "openssl");
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var server = await StartAsync();
        using var user = await server.SignInAsync("user1");
        var webhook = await CreateAsync(user, receiver.Url, "message.created");
        await user.SendAsync("conv-test", "signed ✓ \"quoted\"");
        await Eventually.HoldsAsync("the call came", () => receiver.Calls.Count == 1);
        var test = await user.PostAsync($"/v1/webhooks/{webhook}/test", new { }, HttpStatusCode.OK);
        Assert.True(test.GetProperty("delivered").GetBoolean());
        Assert.Equal(204, test.GetProperty("status").GetInt32());
        Assert.Equal("webhook.test", receiver.Calls[^1].Type);

        foreach (var call in receiver.Calls)
        {
            using var shell = new Shell();
            (shell.Variables["ID"], shell.Variables["TIMESTAMP"], shell.Variables["SIGNATURE"], shell.Variables["BODY"], shell.Variables["SECRET"]) =
                (call.EventId, call.Timestamp, call.Signature, call.Body, Secret);
            await shell.RunAsync(
                """
                python3 -c 'import hashlib, hmac, os
                e = os.environ
                signed = ".".join([e["ID"], e["TIMESTAMP"], e["BODY"]]).encode()
                assert hmac.compare_digest("v1=" + hmac.new(e["SECRET"].encode(), signed, hashlib.sha256).hexdigest(), e["SIGNATURE"])'
                test "v1=$(printf '%s.%s.%s' "$ID" "$TIMESTAMP" "$BODY" | openssl dgst -sha256 -hmac "$SECRET" -r | cut -d' ' -f1)" = "$SIGNATURE"
                """);
            Assert.InRange(long.Parse(call.Timestamp, null), DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 100, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
        }
    }

    [Fact]
    public async Task A_failed_call_is_repeated_with_its_event_id_before_later_ones_go()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var server = await StartAsync();
        using var user = await server.SignInAsync("user1");
        await CreateAsync(user, receiver.Url, "message.created");
        var failures = 3;
        receiver.Answer = _ => Task.FromResult(Interlocked.Decrement(ref failures) >= 0 ? failures % 2 == 0 ? 500 : 302 : 200);

        await user.SendAsync("conv-test", "first");
        await user.SendAsync("conv-test", "second");

        await Eventually.HoldsAsync("both came through", () => receiver.Calls.Count >= 5);
        var texts = receiver.Calls.Select(static call => call.Data.GetProperty("content").GetString());
        Assert.Equal(["first", "first", "first", "first", "second"], texts);
        Assert.Single(receiver.Calls.Take(4).Select(static call => call.EventId).Distinct());
        Assert.All(receiver.Calls, static call => Assert.Equal("/hook", call.Path));
    }

    [Fact]
    public async Task A_receiver_that_never_answers_does_not_delay_another()
    {
        await using var silent = await WebhookReceiver.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var server = await StartAsync();
        using var user = await server.SignInAsync("user1");
        var end = new TaskCompletionSource<int>();
        silent.Answer = _ => end.Task;
        for (var i = 0; i < 5; i++)
        {
            await CreateAsync(user, silent.Url, "message.created");
        }

        await CreateAsync(user, receiver.Url, "message.created");

        for (var i = 0; i < 20; i++)
        {
            await user.SendAsync("conv-test", $"{i}");
        }

        await Eventually.HoldsAsync("the other got everything", () => receiver.Calls.Count == 20);
        Assert.All(silent.Calls, static call => Assert.Equal("0", call.Data.GetProperty("content").GetString()));
        end.SetResult(200);
    }

    [Fact]
    public async Task Joins_and_leaves_are_told_and_who_left_hears_no_more()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var server = await StartAsync();
        using var owner = await server.SignInAsync("user1");
        using var member = await server.SignInAsync("user2");
        var group = await owner.CreateGroupAsync(["user1", "user2", "user3"]);
        await CreateAsync(owner, receiver.Url, "member.joined", "member.left");
        await CreateAsync(member, receiver.Url, "message.created");

        await owner.PostAsync($"/v1/conversations/{group}/members", new { user_id = "user4" }, HttpStatusCode.OK);
        using (var left = await member.Http.DeleteAsync($"/v1/conversations/{group}/members/user2"))
        {
            Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        }

        await Eventually.HoldsAsync("join and leave came", () => receiver.Calls.Count >= 2);
        await owner.SendAsync(group, "without user2");
        await member.SendAsync("conv-test", "with user2");

        await Eventually.HoldsAsync("the message of the other conversation came", () => receiver.Calls.Count >= 3);
        Assert.Equal(["member.joined", "member.left", "message.created"], receiver.Calls.Select(static call => call.Type));
        Assert.Equal(["user4", "user2"], receiver.Calls.Take(2).Select(static call => call.Data.GetProperty("user_id").GetString()));
        Assert.Equal("with user2", receiver.Calls[2].Data.GetProperty("content").GetString());
    }

    [Fact]
    public async Task Each_step_of_a_messages_status_is_told()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var server = await StartAsync();
        using var user = await server.SignInAsync("user1");
        await CreateAsync(user, receiver.Url, "message.status_updated");

        await user.PostAsync(
            "/v1/messages",
            new { message_id = "outside", conversation_id = "conv-test", channels = new[] { "whatsapp" }, payload = new { type = "text", text = "outside" } },
            HttpStatusCode.Accepted);

        await Eventually.HoldsAsync("it was read", () => receiver.Calls.Count >= 3);
        Assert.Equal(["in_transit", "delivered", "read"], receiver.Calls.Select(static call => call.Data.GetProperty("new_status").GetString()));
        Assert.All(receiver.Calls, static call => Assert.Equal(("message.status_updated", "outside"), (call.Type, call.Data.GetProperty("message_id").GetString())));
    }

    [SkippableTheory]
    [InlineData(HubStore.Sqlite)]
    [InlineData(HubStore.Postgres)]
    public async Task What_waits_when_the_process_is_killed_is_delivered_by_the_next_one(HubStore store)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var server = await StartAsync(store);
        using var user = await server.SignInAsync("user1");
        await CreateAsync(user, receiver.Url, "message.created");
        receiver.Answer = static _ => Task.FromResult(503);
        for (var i = 0; i < 20; i++)
        {
            await user.SendAsync("conv-test", $"{i}");
        }

        await Eventually.HoldsAsync("the first was tried", () => receiver.Calls.Count > 0);
        await server.KillAsync();
        var before = receiver.Calls.Count;
        receiver.Answer = static _ => Task.FromResult(200);
        await server.StartAgainAsync();

        await Eventually.HoldsAsync("all came", () => receiver.Calls.Skip(before).Select(static call => call.EventId).Distinct().Count() == 20, TimeSpan.FromSeconds(60));
        Assert.Equal(
            Enumerable.Range(0, 20).Select(static i => $"{i}"), receiver.Calls.Skip(before).DistinctBy(static call => call.EventId).Select(static call => call.Data.GetProperty("content").GetString()));
    }

    [Fact]
    public async Task A_call_that_nobody_takes_becomes_a_dead_letter_and_can_be_replayed()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var server = await StartAsync(HubStore.Sqlite, "--Webhooks:RetrySeconds=1");
        using var user = await server.SignInAsync("user1");
        using var admin = await server.SignInAsAdminAsync();
        await CreateAsync(user, receiver.Url, "message.created");
        receiver.Answer = static _ => Task.FromResult(500);
        await user.SendAsync("conv-test", "unwanted");

        JsonElement letter = default;
        await Eventually.HoldsAsync("it is a dead letter", async () =>
        {
            var letters = (await admin.GetAsync("/v1/admin/dead-letters")).GetProperty("dead_letters");
            letter = letters.EnumerateArray().FirstOrDefault(static l => l.GetProperty("topic").GetString() == "webhook_calls");
            return letter.ValueKind == JsonValueKind.Object;
        });
        Assert.Equal("http_500", letter.GetProperty("reason").GetString());
        receiver.Answer = static _ => Task.FromResult(200);
        var before = receiver.Calls.Count;
        using var replayed = await admin.Http.PostAsync($"/v1/admin/dead-letters/{letter.GetProperty("dead_letter_id").GetString()}/replay", null);

        Assert.True(replayed.IsSuccessStatusCode);
        await Eventually.HoldsAsync("it came at last", () => receiver.Calls.Count == before + 1);
        Assert.Equal(receiver.Calls[0].EventId, receiver.Calls[^1].EventId);
    }

    [Fact]
    public async Task Calls_of_a_webhook_that_is_deleted_are_dropped()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var other = await WebhookReceiver.StartAsync();
        await using var server = await StartAsync();
        using var user = await server.SignInAsync("user1");
        var webhook = await CreateAsync(user, receiver.Url, "message.created");
        await CreateAsync(user, other.Url, "message.created");
        receiver.Answer = static _ => Task.FromResult(500);
        await user.SendAsync("conv-test", "1");
        await user.SendAsync("conv-test", "2");
        await Eventually.HoldsAsync("it was tried", () => receiver.Calls.Count > 0 && other.Calls.Count == 2);

        using var deleted = await user.Http.DeleteAsync($"/v1/webhooks/{webhook}");
        receiver.Answer = static _ => Task.FromResult(200);
        await user.SendAsync("conv-test", "3");
        await Eventually.HoldsAsync("the other got the third", () => other.Calls.Count == 3);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(0, await Resilience.StoreRows.CountAsync(server, $"select count(*) from webhook_calls where webhook_id = '{webhook}'"));
        Assert.All(receiver.Calls, static call => Assert.Equal("1", call.Data.GetProperty("content").GetString()));
    }

    private static async Task<HubServer> StartAsync(HubStore store = HubStore.Sqlite, params string[] settings)
    {
        Skip.If(store == HubStore.Postgres && !PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        return await HubServer.StartAsync(new HubOptions
        {
            Store = store,
            Arguments = ["--Webhooks:AllowPrivateAddresses=true", "--Webhooks:TimeoutSeconds=3", "--Webhooks:BackoffMilliseconds=100", .. settings],
        });
    }

    private static async Task<string> CreateAsync(HubClient user, string url, params string[] events) =>
        (await user.PostAsync("/v1/webhooks", new { url, events, secret = Secret }, HttpStatusCode.Created)).GetProperty("webhook_id").GetString()!;
}
