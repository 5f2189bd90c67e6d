using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Infrastructure.Stores;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>What every <see cref="IWebhookStore"/> must do.</summary>
public abstract class WebhookStoreCompliance(StoreFixture fixture)
{
    private IWebhookStore Webhooks => fixture.Webhooks;

    [SkippableFact]
    public async Task A_webhook_comes_back_to_its_owner_and_to_nobody_else()
    {
        var (owner, other) = (await UserAsync(), await UserAsync());
        var webhook = await CreateAsync(owner);

        Assert.Equal(webhook, await Webhooks.FindAsync(owner, webhook.WebhookId, CancellationToken.None));
        Assert.Null(await Webhooks.FindAsync(other, webhook.WebhookId, CancellationToken.None));
        Assert.False(await Webhooks.DeleteAsync(other, webhook.WebhookId, CancellationToken.None));
        Assert.True(await Webhooks.DeleteAsync(owner, webhook.WebhookId, CancellationToken.None));
        Assert.False(await Webhooks.DeleteAsync(owner, webhook.WebhookId, CancellationToken.None));
        Assert.Null(await Webhooks.FindAsync(owner, webhook.WebhookId, CancellationToken.None));
    }

    [SkippableFact]
    public async Task Webhooks_page_by_id()
    {
        var owner = await UserAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((await CreateAsync(owner)).WebhookId);
        }

        ids.Sort(StringComparer.Ordinal);
        var first = await Webhooks.ListAsync(owner, null, 0, 2, CancellationToken.None);
        var rest = await Webhooks.ListAsync(owner, first[^1].WebhookId, 1, 10, CancellationToken.None);

        Assert.Equal(ids[..2], first.Select(static webhook => webhook.WebhookId));
        Assert.Equal(ids[3..], rest.Select(static webhook => webhook.WebhookId));
    }

    [SkippableFact]
    public async Task Nobody_gets_more_than_the_limit_even_at_once()
    {
        var owner = await UserAsync();

        var created = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Webhooks.CreateAsync(New(owner), 3, CancellationToken.None)));

        Assert.Equal(3, created.Count(static done => done));
        Assert.Equal(3, (await Webhooks.ListAsync(owner, null, 0, 10, CancellationToken.None)).Count);
        Assert.True(await Webhooks.AnyAsync(CancellationToken.None));
    }

    [SkippableFact]
    public async Task Subscriptions_are_those_of_the_members_of_now()
    {
        var users = await UsersAsync(4);
        var conversation = await fixture.Conversations.AddConversationAsync(users[..3]);
        var other = await fixture.Conversations.AddConversationAsync(users[0], users[3]);
        var (first, second, third) = (await CreateAsync(users[0]), await CreateAsync(users[1]), await CreateAsync(users[3]));
        await fixture.Users.UpdateAsync(users[2], new UserChange { IsActive = false }, CancellationToken.None);
        await CreateAsync(users[2]);

        var found = await Webhooks.ListSubscriptionsAsync([conversation.ConversationId, other.ConversationId, NewId("conv")], CancellationToken.None);

        Assert.Equal(
            new HashSet<(string, string)>
            {
                (conversation.ConversationId, first.WebhookId), (conversation.ConversationId, second.WebhookId), (other.ConversationId, first.WebhookId),
                (other.ConversationId, third.WebhookId),
            },
            found.Select(static s => (s.ConversationId, s.WebhookId)).ToHashSet());
        Assert.Equal((first.Events, first.CreatedAt), found.Where(s => s.WebhookId == first.WebhookId).Select(static s => (s.Events, s.CreatedAt)).Distinct().Single());

        var left = Message(conversation.ConversationId, 1, null);
        await fixture.Conversations.AppendAsync(
            [new ConversationAppend { ConversationId = conversation.ConversationId, ExpectedLastSeq = 0, Messages = [left], MemberChanges = [new MemberChange(users[0], false, MemberRole.Member, 1, Start)] }],
            CancellationToken.None);
        Assert.Equal([second.WebhookId], (await Webhooks.ListSubscriptionsAsync([conversation.ConversationId], CancellationToken.None)).Select(static s => s.WebhookId));
    }

    [SkippableFact]
    public async Task An_event_waits_once_and_a_webhook_that_is_gone_gets_none()
    {
        var webhook = await CreateAsync(await UserAsync());
        var call = Call(webhook, 1);
        await Webhooks.AddCallsAsync([call, Call(webhook, 2) with { WebhookId = "gone" }], CancellationToken.None);
        await Webhooks.AddCallsAsync([call with { CallId = NewId("call") }, Call(webhook, 3)], CancellationToken.None);

        Assert.Equal(2, await CountAsync(webhook));
        Assert.True(await Webhooks.CountCallsAsync(CancellationToken.None) >= 2);
        await Webhooks.DeleteAsync(webhook.UserId, webhook.WebhookId, CancellationToken.None);
        Assert.Equal(0, await CountAsync(webhook));
    }

    [SkippableFact]
    public async Task Calls_are_claimed_in_order_and_one_at_a_time()
    {
        var webhook = await CreateAsync(await UserAsync());
        var calls = new[] { Call(webhook, 1), Call(webhook, 2) };
        await Webhooks.AddCallsAsync([calls[1], calls[0]], CancellationToken.None);

        Assert.Equal((true, false), await DueAsync(webhook, Start));
        var claims = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ClaimAsync(webhook, Start)));
        Assert.Equal(new ClaimedCall(calls[0], webhook.Url, webhook.Secret, 1), claims.Single(static claim => claim is not null));
        Assert.Null(await ClaimAsync(webhook, Start));
        Assert.Equal((false, false), await DueAsync(webhook, Start));

        await Webhooks.FinishAsync(calls[0].CallId, CancellationToken.None);
        Assert.Equal(calls[1], (await ClaimAsync(webhook, Start))!.Call);
        await Webhooks.FinishAsync(calls[1].CallId, CancellationToken.None);
        Assert.Equal((false, false), await DueAsync(webhook, Start.AddDays(1)));
    }

    [SkippableFact]
    public async Task A_claim_that_nobody_finished_can_be_taken_again_when_its_lease_is_over()
    {
        var webhook = await CreateAsync(await UserAsync());
        await Webhooks.AddCallsAsync([Call(webhook, 1)], CancellationToken.None);
        await ClaimAsync(webhook, Start);

        Assert.Null(await ClaimAsync(webhook, Start.AddSeconds(29)));
        Assert.Equal((true, true), await DueAsync(webhook, Start.AddSeconds(30)));
        Assert.Equal(2, (await ClaimAsync(webhook, Start.AddSeconds(30)))!.Attempts);
    }

    [SkippableFact]
    public async Task A_failed_call_holds_the_later_ones_back_until_it_has_failed_often()
    {
        var webhook = await CreateAsync(await UserAsync());
        var (first, second) = (Call(webhook, 1), Call(webhook, 2));
        await Webhooks.AddCallsAsync([first, second], CancellationToken.None);
        for (var attempt = 1; attempt < IWebhookStore.HoldingAttempts; attempt++)
        {
            Assert.Equal((first, attempt), Of(await ClaimAsync(webhook, Start.AddHours(attempt))));
            await Webhooks.PostponeAsync(first.CallId, Start.AddHours(attempt + 1), CancellationToken.None);
            Assert.Null(await ClaimAsync(webhook, Start.AddHours(attempt).AddMinutes(59)));
        }

        var late = Start.AddHours(IWebhookStore.HoldingAttempts);
        Assert.Equal((first, IWebhookStore.HoldingAttempts), Of(await ClaimAsync(webhook, late)));
        await Webhooks.PostponeAsync(first.CallId, late.AddHours(1), CancellationToken.None);

        Assert.Equal((true, false), await DueAsync(webhook, late));
        Assert.Equal(second, (await ClaimAsync(webhook, late))!.Call);
        await Webhooks.FinishAsync(second.CallId, CancellationToken.None);
        Assert.Equal((false, false), await DueAsync(webhook, late));
        Assert.Equal((true, false), await DueAsync(webhook, late.AddHours(1)));
        Assert.Equal(first, (await ClaimAsync(webhook, late.AddHours(1)))!.Call);
    }

    [SkippableFact]
    public async Task Calls_of_an_owner_who_was_disabled_are_dropped()
    {
        var webhook = await CreateAsync(await UserAsync());
        await Webhooks.AddCallsAsync([Call(webhook, 1)], CancellationToken.None);
        await fixture.Users.UpdateAsync(webhook.UserId, new UserChange { IsActive = false }, CancellationToken.None);

        Assert.Null(await ClaimAsync(webhook, Start));
        Assert.Equal(0, await CountAsync(webhook));
    }

    private static (WebhookCall Call, int Attempts) Of(ClaimedCall? claim) => (claim!.Call, claim.Attempts);

    private static Webhook New(string owner) => new()
    {
        WebhookId = NewId("hook"),
        UserId = owner,
        Url = "https://example.com/hook?a=b",
        Events = "message.created,member.joined",
        Secret = "a secret ✓",
        CreatedAt = Start,
    };

    private static WebhookCall Call(Webhook webhook, int number) =>
        new($"{number:D8}-{webhook.WebhookId}", webhook.WebhookId, $"event-{number}", "message.created", $$"""{"text": "é {{number}}"}""", Start);

    private async Task<string[]> UsersAsync(int count)
    {
        fixture.Require();
        return await fixture.Users.AddUsersAsync(count);
    }

    private async Task<string> UserAsync() => (await UsersAsync(1))[0];

    private async Task<Webhook> CreateAsync(string owner)
    {
        var webhook = New(owner);
        Assert.True(await Webhooks.CreateAsync(webhook, 10, CancellationToken.None));
        return webhook;
    }

    private Task<ClaimedCall?> ClaimAsync(Webhook webhook, DateTimeOffset now) => Webhooks.ClaimAsync(webhook.WebhookId, now, now.AddSeconds(30), CancellationToken.None);

    private async Task<(bool IsDue, bool IsFailing)> DueAsync(Webhook webhook, DateTimeOffset now)
    {
        var due = await Webhooks.ListDueAsync(now, 10_000, CancellationToken.None);
        return (due.Any(d => d.WebhookId == webhook.WebhookId), due.Any(d => d.WebhookId == webhook.WebhookId && d.IsFailing));
    }

    private async Task<long> CountAsync(Webhook webhook) =>
        Convert.ToInt64((await fixture.QueryAsync($"select count(*) from webhook_calls where webhook_id = '{webhook.WebhookId}'"))[0][0], null);
}
