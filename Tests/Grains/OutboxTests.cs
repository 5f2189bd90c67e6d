using System.Collections.Concurrent;
using System.Diagnostics;
using Chat4All.Grains;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Hosting;
using Xunit;

namespace Chat4All.Tests.Grains;

public sealed class OutboxTests : IAsyncLifetime
{
    private EmbeddedStore _store = null!;

    public async Task InitializeAsync() => _store = await EmbeddedStore.StartAsync();

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Committed_messages_reach_the_log_in_order_and_their_rows_are_marked()
    {
        await using var host = await GrainHost.StartAsync(_store);
        await host.CreateGroupAsync("c1");
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => host.Conversation("c1").Send(GrainHost.Message($"m{i}"), CancellationToken.None).AsTask()));

        await Eventually.HoldsAsync("every row is marked", async () => await _store.Outbox.CountUnpublishedAsync(CancellationToken.None) == 0);
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (long)i), host.Log.Events.Select(RecordingEventLog.Seq));
    }

    [Fact]
    public async Task A_message_is_committed_and_published_in_the_trace_of_its_request()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            // Orleans carries a trace into its grains while somebody listens to its own spans.
            ShouldListenTo = static source => source.Name == Telemetry.Name || source.Name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal),
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await GrainHost.StartAsync(_store);
        await host.CreateGroupAsync("c1");
        using var request = Telemetry.Activities.StartActivity("request")!;

        await host.Conversation("c1").Send(GrainHost.Message("m1"), CancellationToken.None);

        Activity? Find(string name) => spans.FirstOrDefault(span => span.TraceId == request.TraceId && span.DisplayName == name);
        await Eventually.HoldsAsync("the last span has ended", () => Find("publish message_processing") is not null);
        Assert.All(["commit message", "publish message_processing"], name => Assert.Equal(Find("append message")!.SpanId, Find(name)!.ParentSpanId));
    }

    [Fact]
    public async Task Where_the_log_includes_the_outbox_a_commit_needs_nothing_more()
    {
        await using var host = await GrainHost.StartAsync(_store, new RecordingEventLog { IncludesOutbox = true });
        await host.CreateGroupAsync("c1");

        await host.Conversation("c1").SendMany([.. Enumerable.Range(0, 3).Select(i => GrainHost.Message($"m{i}"))], CancellationToken.None);
        await host.Conversation("c1").Wake();

        Assert.Empty(host.Log.Events);
    }

    [Fact]
    public async Task While_the_log_refuses_messages_are_accepted_and_published_in_order_once_it_is_back()
    {
        await using var host = await GrainHost.StartAsync(_store, new RecordingEventLog { Refuses = true });
        await host.CreateGroupAsync("c1");
        for (var i = 0; i < 50; i++)
        {
            await host.Conversation("c1").Send(GrainHost.Message($"m{i}"), CancellationToken.None);
        }

        Assert.Equal(50, await _store.Outbox.CountUnpublishedAsync(CancellationToken.None));
        host.Log.Refuses = false;

        await Eventually.HoldsAsync("every row is marked", async () => await _store.Outbox.CountUnpublishedAsync(CancellationToken.None) == 0);
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), host.Log.Events.Select(RecordingEventLog.Seq));
    }

    [Fact]
    public async Task Rows_that_a_dead_process_left_are_published_by_the_sweepers_wake_before_anything_new()
    {
        await using (var dead = await GrainHost.StartAsync(_store, new RecordingEventLog { Refuses = true }))
        {
            await dead.CreateGroupAsync("c1");
            await dead.Conversation("c1").SendMany([.. Enumerable.Range(0, 30).Select(i => GrainHost.Message($"m{i}"))], CancellationToken.None);
        }

        await using var host = await GrainHost.StartAsync(_store);
        await Eventually.HoldsAsync("the rows are published", () => host.Log.Events.Count == 30);
        await host.Conversation("c1").Send(GrainHost.Message("new"), CancellationToken.None);
        await Eventually.HoldsAsync("the new one too", () => host.Log.Events.Count == 31);
        Assert.Equal(Enumerable.Range(1, 31).Select(i => (long)i), host.Log.Events.Select(RecordingEventLog.Seq));
    }

    [Fact]
    public async Task What_memory_does_not_hold_is_read_back_and_nothing_is_published_twice_while_all_is_well()
    {
        await using var host = await GrainHost.StartAsync(_store, null, ("Outbox:MemoryLimit", "100"), ("Outbox:PublishBatch", "20"));
        await host.CreateGroupAsync("c1");
        var sends = Enumerable.Range(0, 20).Select(batch => host.Conversation("c1")
            .SendMany([.. Enumerable.Range(0, 100).Select(i => GrainHost.Message($"m{batch}-{i}"))], CancellationToken.None).AsTask());
        await Task.WhenAll(sends);

        await Eventually.HoldsAsync("every row is marked", async () => await _store.Outbox.CountUnpublishedAsync(CancellationToken.None) == 0);
        Assert.Equal(Enumerable.Range(1, 2_000).Select(i => (long)i), host.Log.Events.Select(RecordingEventLog.Seq));
    }

    [Fact]
    public async Task Status_events_of_older_messages_are_published_too_and_behind_what_was_committed_before_them()
    {
        await using var host = await GrainHost.StartAsync(_store);
        await host.CreateGroupAsync("c1");
        for (var i = 1; i <= 3; i++)
        {
            await host.Conversation("c1").Send(GrainHost.Message($"m{i}"), CancellationToken.None);
        }

        var at = DateTimeOffset.UtcNow;
        await AddDeliveryAsync("m1", at);
        await host.Conversation("c1").RecordDeliveries([Update("m1", MessageStatus.InTransit, at), Update("m1", MessageStatus.Delivered, at.AddSeconds(1))], CancellationToken.None);

        await Eventually.HoldsAsync("the status events are published", () => host.Log.Events.Count >= 5);
        await Eventually.HoldsAsync("every row is marked", async () => await _store.Outbox.CountUnpublishedAsync(CancellationToken.None) == 0);
        Assert.Equal(
            ["message.created", "message.created", "message.created", "message.in_transit", "message.delivered"], host.Log.Events.Select(static e => e.Type));
        Assert.Equal(["m1", "m1"], host.Log.Events.Skip(3).Select(static e => e.MessageId!));
    }

    [Fact]
    public async Task Status_events_that_the_log_refused_are_published_once_it_is_back()
    {
        await using var host = await GrainHost.StartAsync(_store);
        await host.CreateGroupAsync("c1");
        await host.Conversation("c1").Send(GrainHost.Message("m1"), CancellationToken.None);
        await host.Conversation("c1").Send(GrainHost.Message("m2"), CancellationToken.None);
        await Eventually.HoldsAsync("both are published", () => host.Log.Events.Count == 2);
        host.Log.Refuses = true;

        var at = DateTimeOffset.UtcNow;
        await AddDeliveryAsync("m1", at);
        await host.Conversation("c1").RecordDeliveries([Update("m1", MessageStatus.InTransit, at)], CancellationToken.None);
        await host.Conversation("c1").Send(GrainHost.Message("m3"), CancellationToken.None);
        host.Log.Refuses = false;

        await Eventually.HoldsAsync("everything is published", () => host.Log.Events.Count == 4);
        Assert.Equal(["message.created", "message.created", "message.in_transit", "message.created"], host.Log.Events.Select(static e => e.Type));
    }

    [Fact]
    public async Task Past_the_limit_of_what_may_wait_sends_are_refused_until_the_log_has_taken_some()
    {
        await using var host = await GrainHost.StartAsync(_store, new RecordingEventLog { Refuses = true }, ("Outbox:MaxUnpublished", "1000"));
        await host.CreateGroupAsync("c1");
        for (var i = 0; i < 10; i++)
        {
            await host.Conversation("c1").SendMany([.. Enumerable.Range(0, 100).Select(n => GrainHost.Message($"m{i}-{n}"))], CancellationToken.None);
        }

        var refusal = await Assert.ThrowsAsync<ChatException>(() => host.Conversation("c1").Send(GrainHost.Message("one-too-many"), CancellationToken.None).AsTask());
        Assert.Equal((ChatErrorKind.Unavailable, ErrorCodes.Overloaded), (refusal.Error.Kind, refusal.Error.Code));

        host.Log.Refuses = false;
        await Eventually.HoldsAsync("the backlog is gone", async () => await _store.Outbox.CountUnpublishedAsync(CancellationToken.None) == 0);
        var receipt = await host.Conversation("c1").Send(GrainHost.Message("one-too-many"), CancellationToken.None);
        Assert.Equal(1_001, receipt.Seq);
        Assert.False(receipt.Duplicate);
        await Eventually.HoldsAsync("it is published", () => host.Log.Events.Count == 1_001);
        Assert.Equal(Enumerable.Range(1, 1_001).Select(i => (long)i), host.Log.Events.Select(RecordingEventLog.Seq));
    }

    [Fact]
    public async Task Where_the_outbox_is_the_log_sends_are_refused_while_one_group_is_too_far_behind()
    {
        var log = new RecordingEventLog { IncludesOutbox = true, Lags = [new(Topics.MessageProcessing, "router", 3), new(Topics.MessageProcessing, "webhooks", 1_000), new("whatsapp_outgoing", "connector", 5_000)] };
        await using var host = await GrainHost.StartAsync(_store, log, ("Outbox:MaxUnpublished", "1000"));
        await host.CreateGroupAsync("c1");
        await Eventually.HoldsAsync("a send is refused", async () =>
            await Record.ExceptionAsync(() => host.Conversation("c1").Send(GrainHost.Message(Ids.New(TimeProvider.System)), CancellationToken.None).AsTask()) is ChatException { Error.Code: ErrorCodes.Overloaded });

        log.Lags = [new(Topics.MessageProcessing, "webhooks", 999), new("whatsapp_outgoing", "connector", 5_000)];

        await Eventually.HoldsAsync("sends are taken again", async () =>
            await Record.ExceptionAsync(() => host.Conversation("c1").Send(GrainHost.Message(Ids.New(TimeProvider.System)), CancellationToken.None).AsTask()) is null);
    }

    [Fact]
    public async Task A_refused_attempt_is_counted_on_the_row_with_its_reason()
    {
        await using var host = await GrainHost.StartAsync(_store, new RecordingEventLog { Refuses = true });
        await host.CreateGroupAsync("c1");
        await host.Conversation("c1").Send(GrainHost.Message("m1"), CancellationToken.None);

        await Eventually.HoldsAsync("two attempts are counted", async () => (await _store.OutboxRowAsync("m1")).Version >= 3);
        Assert.Equal("the log is down", (await _store.OutboxRowAsync("m1")).Error);
        host.Log.Refuses = false;

        await Eventually.HoldsAsync("the row is marked", async () => await _store.Outbox.CountUnpublishedAsync(CancellationToken.None) == 0);
        Assert.Equal("the log is down", (await _store.OutboxRowAsync("m1")).Error);
    }

    [Fact]
    public async Task Many_conversations_that_a_dead_process_left_are_all_woken()
    {
        await using (var dead = await GrainHost.StartAsync(_store, new RecordingEventLog { Refuses = true }))
        {
            for (var i = 0; i < 600; i++)
            {
                await dead.CreateGroupAsync($"c{i}");
                await dead.Conversation($"c{i}").Send(GrainHost.Message($"m{i}"), CancellationToken.None);
            }
        }

        await using var host = await GrainHost.StartAsync(_store);
        await Eventually.HoldsAsync("every row is marked", async () => await _store.Outbox.CountUnpublishedAsync(CancellationToken.None) == 0);
        Assert.Equal(600, host.Log.Events.Select(static e => e.Id).Distinct().Count());
    }

    private static DeliveryUpdate Update(string messageId, MessageStatus status, DateTimeOffset at) =>
        new() { MessageId = messageId, Recipient = "u2", Channel = "whatsapp", Status = status, At = at };

    private Task AddDeliveryAsync(string messageId, DateTimeOffset at) =>
        _store.Deliveries.InsertAsync([new NewDelivery(messageId, "u2", "whatsapp")], at, CancellationToken.None);
}
