using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;
using Chat4All.Tests.Infrastructure.Stores;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Chat4All.Tests.Compliance.DeliveryTestData;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>What every <see cref="IDeliveryStore"/> must do.</summary>
public abstract class DeliveryStoreCompliance(StoreFixture fixture)
{
    private static readonly DateTimeOffset Now = Start.AddHours(1);

    private IDeliveryStore Store => fixture.Deliveries;

    [SkippableFact]
    public async Task Deliveries_made_again_stay_as_they_are()
    {
        var (_, ids) = await fixture.AddDeliveriesAsync(1, "a");
        await RecordAsync(Update(ids[0], "a", MessageStatus.InTransit, externalId: "x1", attempts: 1));

        await Store.InsertAsync([new(ids[0], "a", "whatsapp"), new(ids[0], "b", "telegram"), new(ids[0], "b", "telegram")], Now, CancellationToken.None);

        var deliveries = await fixture.Reader.ListDeliveriesAsync(ids, CancellationToken.None);
        Assert.Equal([("a", "whatsapp", MessageStatus.InTransit), ("b", "telegram", MessageStatus.Accepted)], deliveries.Select(static d => (d.Recipient, d.Channel, d.Status)));
    }

    [SkippableFact]
    public async Task A_step_is_stored_told_and_put_into_the_outbox()
    {
        var (conversationId, ids) = await fixture.AddDeliveriesAsync(2, "a");

        var changes = await RecordAsync(Update(ids[1], "a", MessageStatus.InTransit, externalId: "x1", attempts: 2) with { TraceParent = "00-1-2-01" });

        var delivery = Assert.Single(changes.Deliveries);
        Assert.Equal((ids[1], 2L, "a", "whatsapp"), (delivery.Message.MessageId, delivery.Message.Seq, delivery.Recipient, delivery.Channel));
        Assert.Equal((MessageStatus.Accepted, MessageStatus.InTransit, true), (delivery.From, delivery.To, delivery.IsOnly));
        var message = Assert.Single(changes.Messages);
        Assert.Equal((conversationId, MessageStatus.Accepted, MessageStatus.InTransit, "message.in_transit"), (message.ConversationId, message.From, message.To, message.Outbox.EventType));

        var stored = await Store.FindAsync(ids[1], "a", "whatsapp", CancellationToken.None);
        Assert.Equal((MessageStatus.InTransit, 2, "x1", null, Now), (stored!.Status, stored.Attempts, stored.ExternalId, stored.Error, stored.UpdatedAt));
        var read = await fixture.Reader.FindMessageAsync(ids[1], CancellationToken.None);
        Assert.Equal((MessageStatus.InTransit, Now), (read!.Status, read.StatusAt));
        var row = Assert.Single(await fixture.Outbox.LoadUnpublishedAsync(conversationId, 10, CancellationToken.None), static row => row.EventType == "message.in_transit");
        Assert.Equal((ids[1], 2L, "00-1-2-01", Now), (row.AggregateId, row.Seq, row.TraceParent, row.CreatedAt));
        Assert.Equal("in_transit", JsonElement.Parse(row.Payload.Span).GetProperty("new_status").GetString());
        Assert.Equal("a", JsonElement.Parse(row.Payload.Span).GetProperty("recipient").GetString());
    }

    [SkippableFact]
    public async Task The_same_updates_again_change_nothing()
    {
        var (_, ids) = await fixture.AddDeliveriesAsync(2, "a", "b");
        DeliveryUpdate[] updates =
        [
            Update(ids[0], "a", MessageStatus.InTransit, externalId: "x1", attempts: 1), Update(ids[0], "b", MessageStatus.Failed, error: "no_address", attempts: 1),
            Update(ids[1], "a", MessageStatus.Accepted, error: "timeout", attempts: 2),
        ];
        await RecordAsync(updates);
        var before = await DumpAsync(ids);

        var again = await Store.RecordAsync(updates, Now.AddMinutes(1), CancellationToken.None);

        Assert.Empty(again.Deliveries);
        Assert.Empty(again.Messages);
        Assert.Equal(before, await DumpAsync(ids));
    }

    [SkippableFact]
    public async Task A_failed_attempt_is_counted_without_a_step()
    {
        var (_, ids) = await fixture.AddDeliveriesAsync(1, "a");

        var changes = await RecordAsync(Update(ids[0], "a", MessageStatus.Accepted, error: "timeout", attempts: 1));
        Assert.Empty(changes.Deliveries);
        var tried = await Store.FindAsync(ids[0], "a", "whatsapp", CancellationToken.None);
        await RecordAsync(Update(ids[0], "a", MessageStatus.InTransit, externalId: "x1", attempts: 2));
        var sent = await Store.FindAsync(ids[0], "a", "whatsapp", CancellationToken.None);

        Assert.Equal((MessageStatus.Accepted, 1, "timeout"), (tried!.Status, tried.Attempts, tried.Error));
        Assert.Equal((MessageStatus.InTransit, 2, null), (sent!.Status, sent.Attempts, sent.Error));
    }

    [SkippableFact]
    public async Task A_message_is_as_far_as_its_least_advanced_delivery_that_did_not_fail()
    {
        var (_, ids) = await fixture.AddDeliveriesAsync(1, "a", "b", "c");

        async Task<(MessageStatus, MessageStatus)?> StepAsync(string recipient, MessageStatus status) =>
            (await RecordAsync(Update(ids[0], recipient, status))).Messages is [var change] ? (change.From, change.To) : null;

        Assert.Null(await StepAsync("a", MessageStatus.Delivered));
        Assert.Null(await StepAsync("b", MessageStatus.InTransit));
        Assert.Equal((MessageStatus.Accepted, MessageStatus.InTransit), await StepAsync("c", MessageStatus.Failed));
        Assert.Equal((MessageStatus.InTransit, MessageStatus.Delivered), await StepAsync("b", MessageStatus.Failed));
        Assert.Equal((MessageStatus.Delivered, MessageStatus.Read), await StepAsync("a", MessageStatus.Read));
    }

    [SkippableFact]
    public async Task A_message_fails_when_all_its_deliveries_did_and_recovers_by_a_receipt()
    {
        var (_, ids) = await fixture.AddDeliveriesAsync(1, "a", "b");

        Assert.Empty((await RecordAsync(Update(ids[0], "a", MessageStatus.Failed, error: "refused"))).Messages);
        var failed = await RecordAsync(Update(ids[0], "b", MessageStatus.Failed, error: "refused"));
        var recovered = await RecordAsync(Update(ids[0], "b", MessageStatus.Delivered));

        Assert.Equal(MessageStatus.Failed, Assert.Single(failed.Messages).To);
        Assert.Equal((MessageStatus.Failed, MessageStatus.Delivered), (Assert.Single(recovered.Messages).From, recovered.Messages[0].To));
        Assert.Null((await Store.FindAsync(ids[0], "b", "whatsapp", CancellationToken.None))!.Error);
    }

    [SkippableFact]
    public async Task A_status_that_comes_again_has_an_event_of_its_own()
    {
        var (conversationId, ids) = await fixture.AddDeliveriesAsync(1, "a", "b");
        await RecordAsync(Update(ids[0], "a", MessageStatus.Failed), Update(ids[0], "b", MessageStatus.Delivered));

        // The failed one is replayed: the message is in transit again, and delivered again.
        await RecordAsync(Update(ids[0], "a", MessageStatus.InTransit));
        await RecordAsync(Update(ids[0], "a", MessageStatus.Delivered));

        var events = (await fixture.Outbox.LoadUnpublishedAsync(conversationId, 10, CancellationToken.None)).Where(static row => row.EventType != EventTypes.MessageCreated).ToList();
        Assert.Equal(["message.delivered", "message.delivered", "message.in_transit"], events.Select(static row => row.EventType).Order());
        Assert.All(events, row => Assert.Equal(ids[0], row.ToLogEvent().MessageId));
    }

    [SkippableFact]
    public async Task Where_the_log_is_the_store_a_status_event_has_its_place_behind_the_messages()
    {
        fixture.Require();
        await using var services = fixture.Build(static services => services.AddSingleton(new OutboxPlacement(4)));
        var (conversationId, ids) = await fixture.AddDeliveriesAsync(1, "a");
        var store = services.GetRequiredService<IDeliveryStore>();

        await store.RecordAsync([Update(ids[0], "a", MessageStatus.InTransit)], Now, CancellationToken.None);
        await store.RecordAsync([Update(ids[0], "a", MessageStatus.Delivered)], Now, CancellationToken.None);

        var rows = await fixture.QueryAsync(
            $"select event_type, published, published_at is not null, log_partition from outbox_events where conversation_id = '{conversationId}' and log_partition is not null order by log_offset");
        Assert.Equal(["message.in_transit", "message.delivered"], rows.Select(static row => row[0]));
        Assert.All(rows, row => Assert.Equal((true, true), (Convert.ToBoolean(row[1], null), Convert.ToBoolean(row[2], null))));
        Assert.All(rows, row => Assert.Equal(new OutboxPlacement(4).Of(conversationId), Convert.ToInt16(row[3], null)));
    }

    [SkippableFact]
    public async Task Updates_of_what_is_not_there_are_ignored()
    {
        var (_, ids) = await fixture.AddDeliveriesAsync(1, "a");

        var changes = await RecordAsync(
            Update(ids[0], "stranger", MessageStatus.Read), Update(NewId("msg"), "a", MessageStatus.Read), Update(ids[0], "a", MessageStatus.Read, channel: "telegram"),
            Update(ids[0], "a", MessageStatus.Delivered));

        Assert.Equal(MessageStatus.Delivered, Assert.Single(changes.Deliveries).To);
    }

    [SkippableFact]
    public async Task Writers_of_the_same_messages_in_any_order_do_not_stand_in_each_others_way()
    {
        string[] recipients = [.. Enumerable.Range(0, 6).Select(static i => $"r{i}")];
        var (conversationId, ids) = await fixture.AddDeliveriesAsync(10, recipients);
        MessageStatus[] steps = [MessageStatus.InTransit, MessageStatus.Delivered, MessageStatus.Read];

        await Task.WhenAll(recipients.Select(recipient => Task.Run(async () =>
        {
            foreach (var step in steps)
            {
                DeliveryUpdate[] updates = [.. ids.Select(id => Update(id, recipient, step))];
                Random.Shared.Shuffle(updates);
                await RecordAsync(updates);
            }
        })));

        Assert.All(await fixture.Reader.ListDeliveriesAsync(ids, CancellationToken.None), static delivery => Assert.Equal(MessageStatus.Read, delivery.Status));
        var messages = await fixture.Reader.ListAfterAsync(conversationId, 0, 10, 10, CancellationToken.None);
        Assert.All(messages, static message => Assert.Equal(MessageStatus.Read, message.Status));
        var events = await fixture.QueryAsync($"select count(*) from outbox_events where conversation_id = '{conversationId}' and event_type = 'message.read'");
        Assert.Equal(10L, events[0][0]);
    }

    [SkippableFact]
    public async Task Deliveries_are_found_by_their_platforms_id()
    {
        var (conversationId, ids) = await fixture.AddDeliveriesAsync(2, "a");
        var (one, two) = (NewId("ext"), NewId("ext"));
        await RecordAsync(Update(ids[0], "a", MessageStatus.InTransit, externalId: one), Update(ids[1], "a", MessageStatus.InTransit, externalId: two));

        var found = await Store.FindByExternalIdsAsync("whatsapp", [two, "unknown", one], CancellationToken.None);

        Assert.Equal([new(one, conversationId, ids[0], "a"), new(two, conversationId, ids[1], "a")], found.OrderBy(delivery => delivery.ExternalId == two));
        Assert.Empty(await Store.FindByExternalIdsAsync("telegram", [one], CancellationToken.None));
    }

    [SkippableFact]
    public async Task What_was_sent_up_to_a_moment_and_is_not_confirmed_is_listed_for_platforms_that_confirm_so()
    {
        var recipient = NewId("user");
        var (_, names) = await fixture.AddDeliveriesAsync(6, recipient);
        MessageStatus[] statuses =
            [MessageStatus.InTransit, MessageStatus.Delivered, MessageStatus.Read, MessageStatus.Failed, MessageStatus.InTransit, MessageStatus.InTransit];
        for (var i = 0; i < names.Length; i++)
        {
            // All are made before; when they were sent counts.
            var channel = i == 4 ? "whatsapp" : "messenger";
            await Store.InsertAsync([new(names[i], recipient, channel)], Now.AddHours(-1), CancellationToken.None);
            await RecordAsync(Update(names[i], recipient, MessageStatus.InTransit, channel, at: Now.AddMinutes(i), externalId: $"x-{names[i]}"));
            await RecordAsync(Update(names[i], recipient, statuses[i], channel, at: Now.AddHours(2)));
        }

        Task<IReadOnlyList<string>> ListAsync(MessageStatus below, int minutes, string channel = "messenger") =>
            Store.ListUnconfirmedAsync(channel, recipient, below, Now.AddMinutes(minutes), 10, CancellationToken.None);

        Assert.Equal([$"x-{names[0]}", $"x-{names[1]}", $"x-{names[5]}"], await ListAsync(MessageStatus.Read, 5));
        Assert.Equal([$"x-{names[0]}", $"x-{names[5]}"], await ListAsync(MessageStatus.Delivered, 5));
        Assert.Equal([$"x-{names[0]}"], await ListAsync(MessageStatus.Delivered, 4));
        Assert.Empty(await ListAsync(MessageStatus.Read, 5, "instagram"));
        Assert.Empty(await ListAsync(MessageStatus.Read, 5, "whatsapp"));
    }

    [SkippableFact]
    public async Task Messages_that_the_store_has_are_told_from_others()
    {
        var (_, ids) = await fixture.AddDeliveriesAsync(2, "a");

        var found = await Store.FindMessagesAsync([ids[1], NewId("msg"), ids[0]], CancellationToken.None);

        Assert.Equal(ids.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Empty(await Store.FindMessagesAsync([], CancellationToken.None));
    }

    [SkippableFact]
    public async Task Members_are_listed_for_many_conversations_at_once()
    {
        fixture.Require();
        var users = await fixture.Users.AddUsersAsync(4);
        var group = await fixture.Conversations.AddConversationAsync(users[..3]);
        var pair = await fixture.Conversations.AddConversationAsync(users[2], users[3]);

        var members = await Store.ListMembersAsync([pair.ConversationId, group.ConversationId, NewId("conv")], CancellationToken.None);

        Assert.Equal(2, members.Count);
        Assert.Equal(users[..3], members[group.ConversationId]);
        Assert.Equal(users[2..], members[pair.ConversationId]);
    }

    private Task<DeliveryChanges> RecordAsync(params DeliveryUpdate[] updates) => Store.RecordAsync(updates, Now, CancellationToken.None);

    private async Task<string> DumpAsync(string[] ids)
    {
        var list = string.Join(',', ids.Select(static id => $"'{id}'"));
        var rows = new List<object?[]>();
        rows.AddRange(await fixture.QueryAsync($"select message_id, recipient, channel, status, attempts, external_id, error, updated_at from message_deliveries where message_id in ({list}) order by 1, 2, 3"));
        rows.AddRange(await fixture.QueryAsync($"select id, status, status_at from messages where id in ({list}) order by 1"));
        rows.AddRange(await fixture.QueryAsync($"select aggregate_id, event_type from outbox_events where aggregate_id in ({list}) order by 1, 2"));
        return string.Join('\n', rows.Select(static row => string.Join(' ', row)));
    }
}
