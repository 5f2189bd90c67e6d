using System.Text;
using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Silo.Workers;
using Xunit;

namespace Chat4All.Tests.Silo.Deliveries;

public sealed class RouterTests : IAsyncLifetime
{
    private static readonly IChannelConnector[] Simulated = [.. new[] { Channels.WhatsApp, Channels.Instagram, Channels.Messenger, Channels.Telegram }.Select(static one => new ScriptedConnector(one))];

    private static readonly AuditEntry Entry = new("audit-1", "admin", "dead_letter.replayed", "x", null, DateTimeOffset.UnixEpoch);

    private DeliveryHost _host = null!;

    public async Task InitializeAsync() => _host = await DeliveryHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Every_member_but_the_sender_gets_a_request_on_each_channel_in_order()
    {
        var first = await _host.SendAsync("c1", "m1", Channels.WhatsApp | Channels.Telegram | Channels.Chat4All);
        var second = await _host.SendAsync("c1", "m2", Channels.WhatsApp);

        await _host.Router().HandleAsync([first, second], CancellationToken.None);

        var whatsapp = _host.Log.On("whatsapp_outgoing");
        Assert.Equal(["m1:u2:whatsapp", "m1:u3:whatsapp", "m2:u2:whatsapp", "m2:u3:whatsapp"], whatsapp.Select(static one => one.Id));
        Assert.All(whatsapp, static one => Assert.Equal(("c1", "delivery.requested"), (one.Key, one.Type)));
        Assert.Equal(["m1:u2:telegram", "m1:u3:telegram"], _host.Log.On("telegram_outgoing").Select(static one => one.Id));
        var data = JsonElement.Parse(whatsapp[0].Data.Span);
        Assert.Equal(("u1", "User One", "text", "normal", 1), (Text(data, "sender_id"), Text(data, "sender_name"), Text(data, "kind"), Text(data, "priority"), data.GetProperty("seq").GetInt32()));
        Assert.Equal("hello", data.GetProperty("payload").GetProperty("text").GetString());
        Assert.Equal(6, (await _host.Store.Reader.ListDeliveriesAsync(["m1", "m2"], CancellationToken.None)).Count);
    }

    [Fact]
    public async Task Named_recipients_are_the_only_ones()
    {
        await _host.Router().HandleAsync([await _host.SendAsync("c1", "m1", Channels.WhatsApp, to: "u3")], CancellationToken.None);

        Assert.Equal("m1:u3:whatsapp", Assert.Single(_host.Log.On("whatsapp_outgoing")).Id);
    }

    [Fact]
    public async Task What_stays_in_the_hub_and_what_is_no_message_is_passed_over()
    {
        var inApp = await _host.SendAsync("c1", "m1", Channels.Chat4All);
        var status = inApp with { Event = inApp.Event with { Type = "message.delivered", Data = "{}"u8.ToArray() } };

        await _host.Router().HandleAsync([inApp, status], CancellationToken.None);

        Assert.Empty(await _host.Store.Reader.ListDeliveriesAsync(["m1"], CancellationToken.None));
        Assert.Empty(_host.Log.On("whatsapp_outgoing"));
    }

    [Fact]
    public async Task To_all_means_every_channel_that_is_simulated()
    {
        await _host.Router(Simulated).HandleAsync([await _host.SendAsync("c1", "m1", Channels.All, to: "u2")], CancellationToken.None);

        Assert.Equal(["instagram", "messenger", "telegram", "whatsapp"], (await _host.Store.Reader.ListDeliveriesAsync(["m1"], CancellationToken.None)).Select(static one => one.Channel));
    }

    [Fact]
    public async Task To_all_means_the_linked_channels_where_none_is_simulated_and_an_unreachable_recipient_fails()
    {
        await _host.Store.Addresses.LinkAsync("u2", "telegram", "4711", DateTimeOffset.UtcNow, CancellationToken.None);
        await _host.Store.Addresses.LinkAsync("u2", "whatsapp", "4712", DateTimeOffset.UtcNow, CancellationToken.None);

        await _host.Router(new ScriptedConnector(Channels.WhatsApp, takesUserIds: false)).HandleAsync([await _host.SendAsync("c1", "m1", Channels.All)], CancellationToken.None);

        var deliveries = await _host.Store.Reader.ListDeliveriesAsync(["m1"], CancellationToken.None);
        Assert.Equal(
            [("u2", "telegram", MessageStatus.Accepted, null), ("u2", "whatsapp", MessageStatus.Accepted, null), ("u3", "all", MessageStatus.Failed, "no_address")],
            deliveries.Select(static one => (one.Recipient, one.Channel, one.Status, one.Error)));
        Assert.Equal(["m1:u2:telegram"], _host.Log.On("telegram_outgoing").Select(static one => one.Id));
    }

    [Fact]
    public async Task The_same_events_again_make_no_new_rows_and_the_same_requests()
    {
        var record = await _host.SendAsync("c1", "m1", Channels.WhatsApp);
        await _host.Router().HandleAsync([record], CancellationToken.None);
        await _host.Router().HandleAsync([record], CancellationToken.None);

        Assert.Equal(2, (await _host.Store.Reader.ListDeliveriesAsync(["m1"], CancellationToken.None)).Count);
        Assert.Equal(["m1:u2:whatsapp", "m1:u3:whatsapp"], _host.Log.On("whatsapp_outgoing").Select(static one => one.Id).Distinct());
    }

    [Fact]
    public async Task An_event_that_cannot_be_read_becomes_a_dead_letter_and_holds_up_nothing()
    {
        var good = await _host.SendAsync("c1", "m1", Channels.WhatsApp, to: "u2");
        var bad = good with { Event = good.Event with { Id = "bad", Data = """{"channels":["whatsapp"],"sender_id":"u1"}"""u8.ToArray() } };

        await _host.Router().HandleAsync([bad, good], CancellationToken.None);

        Assert.Equal("m1:u2:whatsapp", Assert.Single(_host.Log.On("whatsapp_outgoing")).Id);
        var letter = Assert.Single(await _host.Store.DeadLetters.ListAsync(null, 0, 10, CancellationToken.None));
        Assert.Equal(("router", "message_processing", "bad", "malformed_event"), (letter.Group, letter.Topic, letter.EventId, letter.Reason));
        Assert.Single(_host.Log.On("message_processing_dlq"));
    }

    [Fact]
    public async Task To_all_leaves_simulated_channels_out_where_a_real_one_is_beside_them_but_not_where_they_are_named()
    {
        await _host.Store.Addresses.LinkAsync("u2", "whatsapp", "4712", DateTimeOffset.UtcNow, CancellationToken.None);
        var router = _host.Router([new ScriptedConnector(Channels.WhatsApp, takesUserIds: false), .. Simulated[1..]]);

        await router.HandleAsync([await _host.SendAsync("c1", "m1", Channels.All, to: "u2,u3"), await _host.SendAsync("c1", "m2", Channels.Telegram, to: "u2")], CancellationToken.None);

        Assert.Equal(
            [("m1", "u2", "whatsapp"), ("m1", "u3", "all"), ("m2", "u2", "telegram")],
            (await _host.Store.Reader.ListDeliveriesAsync(["m1", "m2"], CancellationToken.None)).Select(static one => (one.MessageId, one.Recipient, one.Channel)));
        var worker = _host.Worker(new ScriptedConnector(Channels.Telegram));
        Assert.Equal(HandlingResult.Done, await worker.HandleAsync(TopicLog.Record("telegram_outgoing", Assert.Single(_host.Log.On("telegram_outgoing"))), CancellationToken.None));
        Assert.Equal(MessageStatus.InTransit, (await _host.DeliveryAsync("m2")).Status);
    }

    [Fact]
    public async Task A_message_that_the_store_does_not_have_is_put_aside_and_holds_up_nothing()
    {
        _host.Log.IncludesOutbox = false;
        var good = await _host.SendAsync("c1", "m1", Channels.WhatsApp, to: "u2");
        var unknown = good with
        {
            Event = good.Event with { Id = "unknown", Data = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(good.Event.Data.Span).Replace("m1", "m2", StringComparison.Ordinal)) },
        };

        await _host.Router().HandleAsync([unknown, good], CancellationToken.None);

        Assert.Equal("m1:u2:whatsapp", Assert.Single(_host.Log.On("whatsapp_outgoing")).Id);
        Assert.Empty(await _host.Store.Reader.ListDeliveriesAsync(["m2"], CancellationToken.None));
        var letter = Assert.Single(await _host.Store.DeadLetters.ListAsync(null, 0, 10, CancellationToken.None));
        Assert.Equal(("unknown", ErrorCodes.MessageNotFound), (letter.EventId, letter.Reason));
    }

    [Fact]
    public async Task A_topic_that_takes_nothing_holds_up_no_other_channel_and_gets_everything_later_in_order()
    {
        _host.Time.Hold();
        _host.Log.Refused = "telegram_outgoing";
        var router = _host.Router();

        await router.HandleAsync([await _host.SendAsync("c1", "m1", Channels.WhatsApp | Channels.Telegram, to: "u2")], CancellationToken.None);
        await router.HandleAsync([await _host.SendAsync("c1", "m2", Channels.WhatsApp | Channels.Telegram, to: "u2")], CancellationToken.None);

        Assert.False(router.Settled.IsCompleted);
        _host.Log.Refused = null;
        _host.Time.Release();
        await router.Settled.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["m1:u2:whatsapp", "m2:u2:whatsapp"], _host.Log.On("whatsapp_outgoing").Select(static one => one.Id));
        Assert.Equal(["m1:u2:telegram", "m2:u2:telegram"], _host.Log.On("telegram_outgoing").Select(static one => one.Id));
    }

    [Fact]
    public async Task What_is_requested_while_an_append_is_under_way_goes_together_in_the_next()
    {
        var router = _host.Router();
        _host.Log.Gate = new TaskCompletionSource();

        for (var i = 1; i <= 5; i++)
        {
            await router.HandleAsync([await _host.SendAsync("c1", $"m{i}", Channels.WhatsApp, to: "u2")], CancellationToken.None);
        }

        Assert.False(router.Settled.IsCompleted);
        _host.Log.Gate.SetResult();
        await router.Settled.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["m1:u2:whatsapp", "m2:u2:whatsapp", "m3:u2:whatsapp", "m4:u2:whatsapp", "m5:u2:whatsapp"], _host.Log.On("whatsapp_outgoing").Select(static one => one.Id));
        Assert.Equal([1, 4], _host.Log.Appends);
    }

    [Theory]
    [InlineData(20_000, 10)]
    [InlineData(70, 1_000_000)]
    public async Task Requests_that_wait_in_great_number_or_size_leave_no_room_for_more_messages(int requests, int length)
    {
        _host.Time.Hold();
        _host.Log.Refused = "telegram_outgoing";
        var router = _host.Router();
        var record = await _host.SendAsync("c1", "m1", Channels.Telegram, to: "u2");
        var sized = record with
        {
            Event = record.Event with { Data = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(record.Event.Data.Span).Replace("hello", new string('x', length), StringComparison.Ordinal)) },
        };
        await router.WaitForRoomAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));

        await router.HandleAsync([.. Enumerable.Repeat(sized, requests)], CancellationToken.None);

        var room = router.WaitForRoomAsync(CancellationToken.None);
        Assert.False(room.IsCompleted);
        _host.Log.Refused = null;
        _host.Time.Release();
        await room.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(requests, _host.Log.On("telegram_outgoing").Count);
    }

    [Fact]
    public async Task A_stopped_worker_is_not_held_up_by_a_replay_in_front_of_its_requests()
    {
        _host.Time.Hold();
        _host.Log.Refused = "telegram_outgoing";
        var router = _host.Router();
        using var cutOff = new CancellationTokenSource();
        await router.HandleAsync([await _host.SendAsync("c1", "m1", Channels.Telegram, to: "u2")], CancellationToken.None);
        await router.HandleAsync([await _host.SendAsync("c1", "m2", Channels.Telegram, to: "u2")], cutOff.Token);

        await cutOff.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => router.Settled.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_replayed_message_goes_straight_to_the_router_where_the_log_is_the_outbox()
    {
        var record = await _host.SendAsync("c1", "m1", Channels.WhatsApp, to: "u2");
        await _host.DeadLetters.AddAsync(record, "router", "internal_error", 4, CancellationToken.None);
        var letter = Assert.Single(await _host.Store.DeadLetters.ListAsync(null, 0, 10, CancellationToken.None));

        await _host.Replay(_host.Router()).ReplayAsync(letter, Entry, CancellationToken.None);

        Assert.Equal("m1:u2:whatsapp", Assert.Single(_host.Log.On("whatsapp_outgoing")).Id);
        Assert.Empty(await _host.Store.DeadLetters.ListAsync(null, 0, 10, CancellationToken.None));
        var refused = await Assert.ThrowsAsync<ChatException>(() => _host.Replay().ReplayAsync(letter, Entry, CancellationToken.None));
        Assert.Equal(ErrorCodes.NotReplayable, refused.Error.Code);
    }

    [Fact]
    public async Task A_replayed_message_that_cannot_be_routed_goes_on_waiting()
    {
        var record = await _host.SendAsync("c1", "m1", Channels.WhatsApp, to: "u2");
        await _host.Router().HandleAsync([record with { Event = record.Event with { Data = "{}"u8.ToArray() } }], CancellationToken.None);
        var letter = Assert.Single(await _host.Store.DeadLetters.ListAsync(null, 0, 10, CancellationToken.None));

        await _host.Replay(_host.Router()).ReplayAsync(letter, Entry, CancellationToken.None);

        Assert.Equal(letter.Id, Assert.Single(await _host.Store.DeadLetters.ListAsync(null, 0, 10, CancellationToken.None)).Id);
    }

    private static string Text(JsonElement data, string field) => data.GetProperty(field).GetString()!;
}
