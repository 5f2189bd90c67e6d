using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Conversations;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Hosting;
using Xunit;

namespace Chat4All.Tests.Grains;

/// <summary>What the conversation's grain makes of what became of deliveries.</summary>
public sealed class DeliveryUpdateTests : IAsyncLifetime
{
    private EmbeddedStore _store = null!;
    private GrainHost _host = null!;

    public async Task InitializeAsync()
    {
        _store = await EmbeddedStore.StartAsync();
        _host = await GrainHost.StartAsync(_store);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task A_step_of_the_only_delivery_is_told_to_every_member_once()
    {
        await SendAsync("c1", "m1", "u2");
        await _host.Conversation("c1").RecordDeliveries([Update("m1", "u2", MessageStatus.InTransit)], CancellationToken.None);

        var told = Assert.Single(_host.FanOut.Events, static e => e.Type == EventTypes.MessageStatusUpdated);
        Assert.Equal(["u1", "u2", "u3"], told.Recipients);
        var data = JsonElement.Parse(told.Data.Span);
        Assert.Equal(
            ("m1", "c1", "accepted", "in_transit", "whatsapp", "u2"),
            (Text(data, "message_id"), Text(data, "conversation_id"), Text(data, "old_status"), Text(data, "new_status"), Text(data, "channel"), Text(data, "recipient")));
        Assert.False(data.TryGetProperty("message_status", out _));
        Assert.True(data.TryGetProperty("updated_at", out _));
    }

    [Fact]
    public async Task Of_several_deliveries_each_step_is_told_and_the_messages_own_behind_it()
    {
        await SendAsync("c1", "m1", "u2", "u3");
        await _host.Conversation("c1").RecordDeliveries([Update("m1", "u2", MessageStatus.InTransit)], CancellationToken.None);
        await _host.Conversation("c1").RecordDeliveries([Update("m1", "u3", MessageStatus.InTransit)], CancellationToken.None);

        Assert.Equal(
            ["u2 accepted>in_transit (accepted)", "u3 accepted>in_transit (in_transit)", " accepted>in_transit ()"],
            Told().Select(static data =>
                $"{Optional(data, "recipient")} {Text(data, "old_status")}>{Text(data, "new_status")} ({Optional(data, "message_status")})"));
    }

    [Fact]
    public async Task Steps_of_a_delivery_that_are_reported_together_are_told_one_by_one()
    {
        await SendAsync("c1", "m1", "u2");
        await _host.Conversation("c1").RecordDeliveries(
            [Update("m1", "u2", MessageStatus.InTransit), Update("m1", "u2", MessageStatus.Delivered), Update("m1", "u2", MessageStatus.Read)], CancellationToken.None);

        Assert.Equal(["in_transit", "delivered", "read"], Told().Select(static data => Text(data, "new_status")));
    }

    [Fact]
    public async Task What_is_known_already_is_not_told_again()
    {
        await SendAsync("c1", "m1", "u2");
        DeliveryUpdate[] updates = [Update("m1", "u2", MessageStatus.Delivered)];
        await _host.Conversation("c1").RecordDeliveries(updates, CancellationToken.None);
        await _host.Conversation("c1").RecordDeliveries(updates, CancellationToken.None);
        await _host.Conversation("c1").RecordDeliveries([Update("m1", "u2", MessageStatus.InTransit)], CancellationToken.None);

        Assert.Single(Told());
    }

    [Fact]
    public async Task Updates_of_all_conversations_that_wait_share_a_transaction()
    {
        for (var i = 0; i < 20; i++)
        {
            await SendAsync($"c{i}", $"m{i}", "u2");
        }

        var first = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        _host.Deliveries.BeforeRecord = _ =>
        {
            first.TrySetResult();
            return release.Task;
        };
        var updates = Enumerable.Range(0, 20).Select(i => _host.Conversation($"c{i}").RecordDeliveries([Update($"m{i}", "u2", MessageStatus.InTransit)], CancellationToken.None).AsTask()).ToList();
        await first.Task;

        // Whatever has come by the time the first commit is through goes together with the next.
        await Eventually.HoldsAsync("the first transaction is under way", () => _host.Deliveries.Records == 1);
        release.SetResult();
        await Task.WhenAll(updates);

        Assert.True(_host.Deliveries.Records < 20, $"{_host.Deliveries.Records} transactions for 20 updates");
        Assert.Equal(20, Told().Count());
    }

    [Fact]
    public async Task While_the_store_is_away_updates_are_refused_and_not_told()
    {
        await SendAsync("c1", "m1", "u2");
        _host.Deliveries.BeforeRecord = static _ => throw new StoreUnavailableException("away");
        var refused = await Assert.ThrowsAsync<ChatException>(() =>
            _host.Conversation("c1").RecordDeliveries([Update("m1", "u2", MessageStatus.InTransit)], CancellationToken.None).AsTask());
        Assert.Equal(ErrorCodes.StoreUnavailable, refused.Error.Code);
        Assert.Empty(Told());

        _host.Deliveries.BeforeRecord = null;
        await _host.Conversation("c1").RecordDeliveries([Update("m1", "u2", MessageStatus.InTransit)], CancellationToken.None);
        Assert.Single(Told());
    }

    [Fact]
    public async Task A_set_that_cannot_be_written_fails_alone()
    {
        await SendAsync("c1", "m1", "u2");
        await SendAsync("c2", "m2", "u2");
        _host.Deliveries.BeforeRecord = static updates => updates.Any(static update => update.MessageId == "m1") ? throw new InvalidOperationException("poison") : Task.CompletedTask;

        var poisoned = _host.Conversation("c1").RecordDeliveries([Update("m1", "u2", MessageStatus.InTransit)], CancellationToken.None).AsTask();
        await _host.Conversation("c2").RecordDeliveries([Update("m2", "u2", MessageStatus.InTransit)], CancellationToken.None);

        await Assert.ThrowsAnyAsync<Exception>(() => poisoned);
        Assert.Equal("m2", Text(Assert.Single(Told()), "message_id"));
    }

    [Fact]
    public async Task Receipts_find_their_deliveries_and_unknown_ones_come_back()
    {
        await SendAsync("c1", "m1", "u2");
        await SendAsync("c2", "m2", "u2");
        await _host.Conversation("c1").RecordDeliveries([Update("m1", "u2", MessageStatus.InTransit) with { ExternalId = "x1", Attempts = 1 }], CancellationToken.None);
        await _host.Conversation("c2").RecordDeliveries([Update("m2", "u2", MessageStatus.InTransit) with { ExternalId = "x2", Attempts = 1 }], CancellationToken.None);
        var now = DateTimeOffset.UtcNow;
        var stranger = new DeliveryReceipt("whatsapp", "x3", MessageStatus.Read, now);

        var unknown = await _host.Receipts.ReportAsync(
            [new("whatsapp", "x1", MessageStatus.Delivered, now), stranger, new("whatsapp", "x2", MessageStatus.Failed, now, "undeliverable")], CancellationToken.None);

        Assert.Equal([stranger], unknown);
        Assert.Equal(MessageStatus.Delivered, (await _store.Reader.FindMessageAsync("m1", CancellationToken.None))!.Status);
        var failed = Assert.Single(await _store.Reader.ListDeliveriesAsync(["m2"], CancellationToken.None));
        Assert.Equal((MessageStatus.Failed, "undeliverable"), (failed.Status, failed.Error));
    }

    [Theory]
    [InlineData("0 0", MessageStatus.Accepted)]
    [InlineData("1 0", MessageStatus.Accepted)]
    [InlineData("1 2 3", MessageStatus.InTransit)]
    [InlineData("4 2 3", MessageStatus.Delivered)]
    [InlineData("4 3", MessageStatus.Read)]
    [InlineData("4 4", MessageStatus.Failed)]
    [InlineData("4 0", MessageStatus.Accepted)]
    [InlineData("", MessageStatus.Accepted)]
    public void A_message_is_ranked_by_its_deliveries(string deliveries, MessageStatus expected) =>
        Assert.Equal(expected, DeliveryRules.Aggregate(deliveries.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static one => (MessageStatus)short.Parse(one, null))));

    internal static DeliveryUpdate Update(string messageId, string recipient, MessageStatus status) => new()
    {
        MessageId = messageId,
        Recipient = recipient,
        Channel = "whatsapp",
        Status = status,
        At = DateTimeOffset.UtcNow,
    };

    private static string Text(JsonElement data, string field) => data.GetProperty(field).GetString()!;

    private static string Optional(JsonElement data, string field) => data.TryGetProperty(field, out var value) ? value.GetString()! : "";

    private IEnumerable<JsonElement> Told() =>
        _host.FanOut.Events.Where(static e => e.Type == EventTypes.MessageStatusUpdated).Select(static e => JsonElement.Parse(e.Data.Span));

    private async Task SendAsync(string conversationId, string messageId, params string[] recipients)
    {
        await _host.CreateGroupAsync(conversationId);
        await _host.Conversation(conversationId).Send(GrainHost.Message(messageId), CancellationToken.None);
        await _store.Deliveries.InsertAsync([.. recipients.Select(recipient => new NewDelivery(messageId, recipient, "whatsapp"))], DateTimeOffset.UtcNow, CancellationToken.None);
    }
}
