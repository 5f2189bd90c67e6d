using System.Collections.Concurrent;
using System.Diagnostics;
using Chat4All.Grains;
using Chat4All.Grains.Ports;
using Chat4All.Silo.Workers;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Silo.Workers;

/// <summary>What happens to one record until it is dealt with: retries, waits, giving up.</summary>
public sealed class RecordAttemptsTests : KeyedWorkerTestBase
{
    [Fact]
    public async Task A_failing_record_is_tried_again_after_1_2_and_4_seconds_and_then_put_aside()
    {
        await using var worker = await StartAsync();
        Handler.Handle = static record => Task.FromResult(record.Offset == 1 ? HandlingResult.Retry("no answer") : HandlingResult.Done);

        Log.Add("a", "a");

        await CommittedAsync(2);
        Assert.Equal([1L, 1L, 1L, 1L, 2L], Handler.Handled.Select(static record => record.Offset));
        Assert.Equal([(1L, "no answer", 4)], Handler.GivenUp);
        Assert.Collection(
            Time.Waits,
            static wait => Assert.InRange(wait.TotalSeconds, 1, 1.25),
            static wait => Assert.InRange(wait.TotalSeconds, 2, 2.5),
            static wait => Assert.InRange(wait.TotalSeconds, 4, 5));
    }

    [Fact]
    public async Task What_can_never_be_handled_is_put_aside_at_once()
    {
        await using var worker = await StartAsync();
        Handler.Handle = static _ => Task.FromResult(HandlingResult.GiveUp("no_address"));

        Log.Add("a");

        await CommittedAsync(1);
        Assert.Equal([(1L, "no_address", 1)], Handler.GivenUp);
        Assert.Empty(Time.Waits);
    }

    [Fact]
    public async Task Waiting_for_ones_turn_is_not_an_attempt()
    {
        await using var worker = await StartAsync();
        var calls = 0;
        Handler.Handle = _ => Task.FromResult(++calls <= 20 ? HandlingResult.Wait(TimeSpan.FromSeconds(7)) : HandlingResult.Done);

        Log.Add("a");

        await CommittedAsync(1);
        Assert.Empty(Handler.GivenUp);
        Assert.Equal(Enumerable.Repeat((TimeSpan[])[TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2)], 20).SelectMany(static slices => slices), Time.Waits);
    }

    [Fact]
    public async Task While_the_store_is_away_a_record_waits_for_as_long_as_it_takes()
    {
        await using var worker = await StartAsync();
        var calls = 0;
        Handler.Handle = _ => ++calls <= 20 ? throw new StoreUnavailableException("away") : Task.FromResult(HandlingResult.Done);

        Log.Add("a");

        await CommittedAsync(1);
        Assert.Empty(Handler.GivenUp);

        // 1, 2, 4, 8, 16 and then 30 s, with up to a quarter more.
        Assert.InRange(Time.Waits.Sum(static wait => wait.TotalSeconds), 31 + (15 * 30), 1.25 * (31 + (15 * 30)));
    }

    [Fact]
    public async Task A_handler_that_throws_has_failed_and_the_key_goes_on_only_when_the_record_is_put_aside()
    {
        await using var worker = await StartAsync();
        var refusals = 0;
        Handler.Handle = static record => record.Offset == 1 ? throw new InvalidOperationException("a defect") : Task.FromResult(HandlingResult.Done);
        Handler.GiveUp = () => ++refusals <= 3 ? throw new StoreUnavailableException("away") : Task.CompletedTask;

        Log.Add("a", "a");

        await CommittedAsync(2);
        Assert.Equal((1L, "a defect", 4), Assert.Single(Handler.GivenUp));
        Assert.Equal(4, refusals);
    }

    [Theory]
    [InlineData(365)]
    [InlineData(-1)]
    public async Task However_long_a_platform_asks_to_wait_the_key_goes_on(int days)
    {
        await using var worker = await StartAsync();
        var calls = 0;
        Handler.Handle = _ => Task.FromResult(++calls == 1 ? HandlingResult.Wait(TimeSpan.FromDays(days)) : HandlingResult.Done);

        Log.Add("a", "a");

        await CommittedAsync(2);
        Assert.Equal(days > 0 ? 86_400 : 0, Time.Waits.Sum(static wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task A_record_that_waits_long_notices_within_seconds_that_its_partition_went()
    {
        await using var worker = await StartAsync();
        Time.Hold();
        Handler.Handle = static record => Task.FromResult(record.Offset == 1 ? HandlingResult.Wait(TimeSpan.FromHours(1)) : HandlingResult.Done);
        Log.Add("a");
        await Eventually.HoldsAsync("it waits", () => Time.Waits.Count == 1);

        Log.Assignment = 1;
        Log.Repeat([ScriptedLog.Record(0, 2, "a") with { Assignment = 1 }]);
        Time.Release();

        await CommittedAsync(2);
        Assert.Equal(TimeSpan.FromSeconds(5), Assert.Single(Time.Waits));
    }

    [Fact]
    public async Task What_waits_while_its_partition_goes_is_neither_tried_again_nor_committed()
    {
        await using var worker = await StartAsync();
        Time.Hold();
        Handler.Handle = record => Task.FromResult(record.Event.Key == "a" ? HandlingResult.Retry("no answer") : HandlingResult.GiveUp("refused"));
        Handler.GiveUp = static () => throw new StoreUnavailableException("away");
        Log.Add("a", "a", "b");
        await Eventually.HoldsAsync("both keys wait", () => Time.Waits.Count == 2);

        // It went and came back, behind what the other member did: nothing from before holds up the commits.
        Log.Assignment = 1;
        Handler.Handle = static _ => Task.FromResult(HandlingResult.Done);
        Time.Release();
        Log.Repeat([ScriptedLog.Record(0, 9, "a") with { Assignment = 1 }]);
        await CommittedAsync(9);
        Assert.Equal(9, Assert.Single(Log.Commits).Offset);
        Assert.Equal([1L, 3L, 9L], Handler.Handled.Select(static record => record.Offset).Order());
    }

    [Fact]
    public async Task A_span_continues_the_records_trace()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == Telemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var worker = await StartAsync();
        ActivityTraceId inside = default;
        Handler.Handle = _ =>
        {
            inside = Activity.Current?.TraceId ?? default;
            return Task.FromResult(HandlingResult.Done);
        };

        Log.Repeat([ScriptedLog.Record(0, 1, "a", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]);

        await CommittedAsync(1);
        var span = Assert.Single(spans, static span => span.ParentSpanId.ToHexString() == "b7ad6b7169203331");
        Assert.Equal((ActivityKind.Consumer, "process topic", "0af7651916cd43dd8448eb211c80319c"), (span.Kind, span.DisplayName, span.TraceId.ToHexString()));
        Assert.Equal(span.TraceId, inside);
    }
}
