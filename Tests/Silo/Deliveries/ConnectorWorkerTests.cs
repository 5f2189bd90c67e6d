using System.Text;
using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Silo.Workers;
using Chat4All.Silo.Workers.Deliveries;
using Xunit;

namespace Chat4All.Tests.Silo.Deliveries;

public sealed class ConnectorWorkerTests : IAsyncLifetime
{
    private static readonly AuditEntry Entry = new("audit-1", "admin", "dead_letter.replayed", "x", null, DateTimeOffset.UnixEpoch);

    private DeliveryHost _host = null!;

    public async Task InitializeAsync() => _host = await DeliveryHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_sent_message_is_in_transit_and_is_not_sent_again()
    {
        var (connector, record) = (new ScriptedConnector(Channels.WhatsApp), await _host.RequestAsync());

        Assert.Equal(HandlingResult.Done, await _host.Worker(connector).HandleAsync(record, CancellationToken.None));
        Assert.Equal(HandlingResult.Done, await _host.Worker(connector).HandleAsync(record, CancellationToken.None));

        var sent = Assert.Single(connector.Attempts);
        Assert.Equal(("m1:u2:whatsapp", "u2", "u2", 1L), (sent.DeliveryId, sent.Recipient, sent.Address, sent.Seq));
        var delivery = await _host.DeliveryAsync();
        Assert.Equal((MessageStatus.InTransit, 1, "ext-1"), (delivery.Status, delivery.Attempts, delivery.ExternalId));
    }

    [Fact]
    public async Task A_linked_address_is_used_with_the_time_of_its_last_message()
    {
        var record = await _host.RequestAsync();
        var connector = new ScriptedConnector(Channels.WhatsApp, takesUserIds: false);
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        await _host.Store.Addresses.LinkAsync("u2", "whatsapp", "4917", at, CancellationToken.None);
        await _host.Store.Addresses.NoteInboundAsync("whatsapp", "4917", at, CancellationToken.None);

        await _host.Worker(connector).HandleAsync(record, CancellationToken.None);

        Assert.Equal(("4917", at), (connector.Attempts[0].Address, connector.Attempts[0].LastInboundAt));
    }

    [Fact]
    public async Task A_recipient_without_an_address_fails_at_once_and_is_not_attempted()
    {
        var record = await _host.RequestAsync();
        var connector = new ScriptedConnector(Channels.WhatsApp, takesUserIds: false);

        Assert.Equal(HandlingResult.Done, await _host.Worker(connector).HandleAsync(record, CancellationToken.None));

        Assert.Empty(connector.Attempts);
        var delivery = await _host.DeliveryAsync();
        Assert.Equal((MessageStatus.Failed, "no_address", 0), (delivery.Status, delivery.Error, delivery.Attempts));
    }

    [Fact]
    public async Task Each_failed_attempt_is_counted_and_its_error_shown()
    {
        var record = await _host.RequestAsync();
        var connector = new ScriptedConnector(Channels.WhatsApp)
            .Answers(new(AttemptOutcome.Retry, Error: "timeout"), new(AttemptOutcome.Throttled, RetryAfter: TimeSpan.FromSeconds(7)), new(AttemptOutcome.Unknown));
        var worker = _host.Worker(connector);

        Assert.Equal(HandlingResult.Retry("timeout"), await worker.HandleAsync(record, CancellationToken.None));
        Assert.Equal(HandlingResult.Wait(TimeSpan.FromSeconds(7)), await worker.HandleAsync(record, CancellationToken.None));
        Assert.Equal((1, "timeout"), ((await _host.DeliveryAsync()).Attempts, (await _host.DeliveryAsync()).Error));
        Assert.Equal(HandlingResult.Retry("outcome_unknown"), await worker.HandleAsync(record, CancellationToken.None));
        Assert.Equal(HandlingResult.Done, await worker.HandleAsync(record, CancellationToken.None));

        var delivery = await _host.DeliveryAsync();
        Assert.Equal((MessageStatus.InTransit, 3, null), (delivery.Status, delivery.Attempts, delivery.Error));
    }

    [Fact]
    public async Task An_unknown_outcome_is_not_tried_again_where_the_settings_say_so()
    {
        var record = await _host.RequestAsync();
        var connector = new ScriptedConnector(Channels.WhatsApp).Answers(new SendResult(AttemptOutcome.Unknown));

        Assert.Equal(HandlingResult.GiveUp("outcome_unknown"), await _host.Worker(connector, retryUnknown: false).HandleAsync(record, CancellationToken.None));
    }

    [Fact]
    public async Task What_the_platform_refuses_fails_and_becomes_a_dead_letter()
    {
        var record = await _host.RequestAsync();
        var worker = _host.Worker(new ScriptedConnector(Channels.WhatsApp).Answers(new SendResult(AttemptOutcome.Failed, Error: "recipient_unavailable")));

        Assert.Equal(HandlingResult.GiveUp("recipient_unavailable"), await worker.HandleAsync(record, CancellationToken.None));
        await worker.GiveUpAsync(record, "recipient_unavailable", 1, CancellationToken.None);

        var delivery = await _host.DeliveryAsync();
        Assert.Equal((MessageStatus.Failed, "recipient_unavailable", 1), (delivery.Status, delivery.Error, delivery.Attempts));
        Assert.Equal(MessageStatus.Failed, (await _host.Store.Reader.FindMessageAsync("m1", CancellationToken.None))!.Status);
        var letter = Assert.Single(await _host.Store.DeadLetters.ListAsync(null, 0, 10, CancellationToken.None));
        Assert.Equal(
            ("connector", "whatsapp_outgoing", "m1:u2:whatsapp", "m1", "u2", "whatsapp", "recipient_unavailable", 1),
            (letter.Group, letter.Topic, letter.EventId, letter.MessageId, letter.Recipient, letter.Channel, letter.Reason, letter.Attempts));
        var told = JsonElement.Parse(Assert.Single(_host.Log.On("message_processing_dlq")).Data.Span);
        Assert.Equal("m1:u2:whatsapp", told.GetProperty("event").GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_failed_delivery_is_sent_again_only_when_its_dead_letter_is_replayed()
    {
        var record = await _host.RequestAsync();
        var connector = new ScriptedConnector(Channels.WhatsApp).Answers(new SendResult(AttemptOutcome.Failed, Error: "blocked"));
        var worker = _host.Worker(connector);
        await worker.HandleAsync(record, CancellationToken.None);
        await worker.GiveUpAsync(record, "blocked", 1, CancellationToken.None);

        Assert.Equal(HandlingResult.Done, await worker.HandleAsync(record, CancellationToken.None));
        Assert.Single(connector.Attempts);

        var letter = Assert.Single(await _host.Store.DeadLetters.ListAsync(null, 0, 10, CancellationToken.None));
        await _host.Replay().ReplayAsync(letter, Entry, CancellationToken.None);
        await _host.Replay().ReplayAsync((await _host.Store.DeadLetters.FindAsync(letter.Id, CancellationToken.None))!, Entry with { Id = "audit-2" }, CancellationToken.None);
        Assert.Empty(await _host.Store.DeadLetters.ListAsync(null, 0, 10, CancellationToken.None));
        Assert.Equal(2, _host.Log.On("whatsapp_outgoing").Count);
        var replayed = TopicLog.Record("whatsapp_outgoing", _host.Log.On("whatsapp_outgoing")[^1]);
        Assert.Equal((record.Event.Id, record.Event.Key), (replayed.Event.Id, replayed.Event.Key));

        Assert.Equal(HandlingResult.Done, await worker.HandleAsync(replayed, CancellationToken.None));
        Assert.Equal(HandlingResult.Done, await worker.HandleAsync(replayed, CancellationToken.None));
        Assert.Equal(2, connector.Attempts.Count);
        var delivery = await _host.DeliveryAsync();
        Assert.Equal((MessageStatus.InTransit, 2, null), (delivery.Status, delivery.Attempts, delivery.Error));
    }

    [Fact]
    public async Task A_message_that_was_sent_while_the_store_is_away_is_noted_when_it_is_back_and_not_sent_twice()
    {
        var record = await _host.RequestAsync();
        var connector = new ScriptedConnector(Channels.WhatsApp);
        var refusals = 0;
        _host.Grains.Deliveries.BeforeRecord = _ => ++refusals <= 20 ? throw new StoreUnavailableException("away") : Task.CompletedTask;

        Assert.Equal(HandlingResult.Done, await _host.Worker(connector).HandleAsync(record, CancellationToken.None));

        Assert.Single(connector.Attempts);
        Assert.Equal(MessageStatus.InTransit, (await _host.DeliveryAsync()).Status);

        // A receipt of it, which may be there already, is waited for only 5 s from when the store is back.
        Assert.Equal(20, _host.Time.Waits.Count);
        Assert.All(_host.Time.Waits, static wait => Assert.InRange(wait.TotalSeconds, 1, 1.25));
    }

    [Theory]
    [InlineData(AttemptOutcome.Retry)]
    [InlineData(AttemptOutcome.Failed)]
    [InlineData(AttemptOutcome.Unknown)]
    public async Task Whatever_the_platform_said_is_noted_before_anything_is_sent_again(AttemptOutcome outcome)
    {
        var record = await _host.RequestAsync();
        var connector = new ScriptedConnector(Channels.WhatsApp).Answers(new SendResult(outcome, Error: "no"));
        var refusals = 0;
        _host.Grains.Deliveries.BeforeRecord = _ => ++refusals <= 3 ? throw new StoreUnavailableException("away") : Task.CompletedTask;

        var result = await _host.Worker(connector, retryUnknown: false).HandleAsync(record, CancellationToken.None);

        Assert.Equal(outcome == AttemptOutcome.Retry ? HandlingResult.Retry("no") : HandlingResult.GiveUp("no"), result);
        Assert.Single(connector.Attempts);
        var delivery = await _host.DeliveryAsync();
        Assert.Equal((MessageStatus.Accepted, 1, "no"), (delivery.Status, delivery.Attempts, delivery.Error));
    }

    [Fact]
    public async Task A_grain_that_does_not_answer_is_told_again_what_was_sent()
    {
        var record = await _host.RequestAsync();
        var connector = new ScriptedConnector(Channels.WhatsApp);
        var refusals = 0;
        _host.Grains.Deliveries.BeforeRecord = _ => ++refusals <= 2 ? throw new TimeoutException("no answer in 30 s") : Task.CompletedTask;

        Assert.Equal(HandlingResult.Done, await _host.Worker(connector).HandleAsync(record, CancellationToken.None));

        Assert.Single(connector.Attempts);
        Assert.Equal(MessageStatus.InTransit, (await _host.DeliveryAsync()).Status);
    }

    [Fact]
    public async Task A_message_that_the_store_does_not_have_is_not_sent_and_becomes_a_dead_letter()
    {
        var record = await _host.RequestAsync();
        var unknown = record with
        {
            Event = record.Event with { Id = "unknown", Data = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(record.Event.Data.Span).Replace("m1", "m2", StringComparison.Ordinal).Replace("c1", "c2", StringComparison.Ordinal)) },
        };
        var connector = new ScriptedConnector(Channels.WhatsApp);
        var worker = _host.Worker(connector);

        Assert.Equal(HandlingResult.GiveUp(ErrorCodes.MessageNotFound), await worker.HandleAsync(unknown, CancellationToken.None));
        await worker.GiveUpAsync(unknown, ErrorCodes.MessageNotFound, 1, CancellationToken.None);

        Assert.Empty(connector.Attempts);
        var letter = Assert.Single(await _host.Store.DeadLetters.ListAsync(null, 0, 10, CancellationToken.None));
        Assert.Equal(("unknown", ErrorCodes.MessageNotFound), (letter.EventId, letter.Reason));
    }

    [Fact]
    public async Task What_the_platform_fails_after_it_took_it_becomes_a_dead_letter_that_can_be_replayed()
    {
        _host.Grains.Failures.Keeper = new FailedDeliveries(_host.Store.Deliveries, _host.Store.Reader, _host.Store.Users, _host.DeadLetters, TimeProvider.System);
        var record = await _host.RequestAsync();
        var connector = new ScriptedConnector(Channels.WhatsApp);
        var worker = _host.Worker(connector);
        await worker.HandleAsync(record, CancellationToken.None);

        var receipt = new DeliveryReceipt("whatsapp", "ext-1", MessageStatus.Failed, DateTimeOffset.UtcNow, "recipient_unavailable");
        Assert.Empty(await _host.Grains.Receipts.ReportAsync([receipt], CancellationToken.None));
        await _host.Grains.Receipts.ReportAsync([receipt], CancellationToken.None);

        Assert.Equal(MessageStatus.Failed, (await _host.DeliveryAsync()).Status);
        Assert.Single(_host.Log.On("message_processing_dlq"));
        var letter = Assert.Single(await _host.Store.DeadLetters.ListAsync(null, 0, 10, CancellationToken.None));
        Assert.Equal(("connector", "whatsapp_outgoing", record.Event.Id, "recipient_unavailable", "u2"), (letter.Group, letter.Topic, letter.EventId, letter.Reason, letter.Recipient));
        await _host.Replay().ReplayAsync(letter, Entry, CancellationToken.None);

        Assert.Equal(HandlingResult.Done, await worker.HandleAsync(TopicLog.Record("whatsapp_outgoing", _host.Log.On("whatsapp_outgoing")[^1]), CancellationToken.None));
        Assert.Equal(2, connector.Attempts.Count);
        Assert.Equal(connector.Attempts[0] with { Payload = connector.Attempts[1].Payload, SenderName = connector.Attempts[1].SenderName }, connector.Attempts[1]);
        var delivery = await _host.DeliveryAsync();
        Assert.Equal((MessageStatus.InTransit, 2, "ext-2", null), (delivery.Status, delivery.Attempts, delivery.ExternalId, delivery.Error));
    }

    [Fact]
    public async Task A_request_that_cannot_be_read_becomes_a_dead_letter()
    {
        var record = await _host.RequestAsync();
        var bad = record with { Event = record.Event with { Id = "bad", Data = """{"message_id":"m1"}"""u8.ToArray() } };
        var worker = _host.Worker(new ScriptedConnector(Channels.WhatsApp));

        Assert.Equal(HandlingResult.GiveUp("malformed_event"), await worker.HandleAsync(bad, CancellationToken.None));
        await worker.GiveUpAsync(bad, "An exception's text with 0049 171 in it", 1, CancellationToken.None);

        Assert.Equal("internal_error", Assert.Single(await _host.Store.DeadLetters.ListAsync(null, 0, 10, CancellationToken.None)).Reason);
        Assert.Equal(MessageStatus.Accepted, (await _host.DeliveryAsync()).Status);
    }
}
