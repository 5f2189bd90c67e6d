using System.Collections.Concurrent;
using System.Diagnostics;
using Chat4All.Grains;
using Chat4All.Grains.Ports;
using Chat4All.Silo.Workers;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat4All.Tests.Silo.Workers;

public sealed class KeyedWorkerTests
{
    private readonly ScriptedLog _log = new();
    private readonly RecordedWaits _time = new();
    private readonly ScriptedHandler _handler = new();

    [Fact]
    public async Task Records_of_one_key_are_handled_one_after_the_other()
    {
        await using var worker = await StartAsync();
        var (inside, most) = (0, 0);
        _handler.Handle = async record =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            return HandlingResult.Done;
        };

        _log.Add([.. Enumerable.Repeat("a", 300)]);
        _log.Add([.. Enumerable.Repeat("a", 300)]);

        await CommittedAsync(600);
        Assert.Equal(1, most);
        Assert.Equal(Enumerable.Range(1, 600).Select(static i => (long)i), _handler.Handled.Select(static record => record.Offset));
    }

    [Fact]
    public async Task Different_keys_are_handled_in_parallel_up_to_the_handlers_wish()
    {
        await using var worker = await StartAsync();
        var meeting = new TaskCompletionSource();
        var inside = 0;
        _handler.Handle = async _ =>
        {
            if (Interlocked.Increment(ref inside) == 4)
            {
                meeting.SetResult();
            }

            await meeting.Task;
            return HandlingResult.Done;
        };

        _log.Add("a", "b", "c", "d", "e", "f");

        await CommittedAsync(6);
    }

    [Fact]
    public async Task More_than_the_handler_wants_are_never_in_its_hands()
    {
        await using var worker = await StartAsync();
        var (inside, most) = (0, 0);
        var gate = new object();
        _handler.Handle = async _ =>
        {
            lock (gate)
            {
                most = Math.Max(most, ++inside);
            }

            await Task.Yield();
            lock (gate)
            {
                inside--;
            }

            return HandlingResult.Done;
        };

        _log.Add([.. Enumerable.Range(0, 400).Select(static i => $"key{i}")]);

        await CommittedAsync(400);
        Assert.InRange(most, 1, 4);
    }

    [Fact]
    public async Task A_failing_record_is_tried_again_after_1_2_and_4_seconds_and_then_put_aside()
    {
        await using var worker = await StartAsync();
        _handler.Handle = static record => Task.FromResult(record.Offset == 1 ? HandlingResult.Retry("no answer") : HandlingResult.Done);

        _log.Add("a", "a");

        await CommittedAsync(2);
        Assert.Equal([1L, 1L, 1L, 1L, 2L], _handler.Handled.Select(static record => record.Offset));
        Assert.Equal([(1L, "no answer", 4)], _handler.GivenUp);
        Assert.Collection(
            _time.Waits,
            static wait => Assert.InRange(wait.TotalSeconds, 1, 1.25),
            static wait => Assert.InRange(wait.TotalSeconds, 2, 2.5),
            static wait => Assert.InRange(wait.TotalSeconds, 4, 5));
    }

    [Fact]
    public async Task What_can_never_be_handled_is_put_aside_at_once()
    {
        await using var worker = await StartAsync();
        _handler.Handle = static _ => Task.FromResult(HandlingResult.GiveUp("no_address"));

        _log.Add("a");

        await CommittedAsync(1);
        Assert.Equal([(1L, "no_address", 1)], _handler.GivenUp);
        Assert.Empty(_time.Waits);
    }

    [Fact]
    public async Task Waiting_for_ones_turn_is_not_an_attempt()
    {
        await using var worker = await StartAsync();
        var calls = 0;
        _handler.Handle = _ => Task.FromResult(++calls <= 20 ? HandlingResult.Wait(TimeSpan.FromSeconds(7)) : HandlingResult.Done);

        _log.Add("a");

        await CommittedAsync(1);
        Assert.Empty(_handler.GivenUp);
        Assert.Equal(Enumerable.Repeat((TimeSpan[])[TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2)], 20).SelectMany(static slices => slices), _time.Waits);
    }

    [Fact]
    public async Task While_the_store_is_away_a_record_waits_for_as_long_as_it_takes()
    {
        await using var worker = await StartAsync();
        var calls = 0;
        _handler.Handle = _ => ++calls <= 20 ? throw new StoreUnavailableException("away") : Task.FromResult(HandlingResult.Done);

        _log.Add("a");

        await CommittedAsync(1);
        Assert.Empty(_handler.GivenUp);

        // 1, 2, 4, 8, 16 and then 30 s, with up to a quarter more.
        Assert.InRange(_time.Waits.Sum(static wait => wait.TotalSeconds), 31 + (15 * 30), 1.25 * (31 + (15 * 30)));
    }

    [Fact]
    public async Task A_handler_that_throws_has_failed_and_the_key_goes_on_only_when_the_record_is_put_aside()
    {
        await using var worker = await StartAsync();
        var refusals = 0;
        _handler.Handle = static record => record.Offset == 1 ? throw new InvalidOperationException("a defect") : Task.FromResult(HandlingResult.Done);
        _handler.GiveUp = () => ++refusals <= 3 ? throw new StoreUnavailableException("away") : Task.CompletedTask;

        _log.Add("a", "a");

        await CommittedAsync(2);
        Assert.Equal((1L, "a defect", 4), Assert.Single(_handler.GivenUp));
        Assert.Equal(4, refusals);
    }

    [Fact]
    public async Task A_key_that_waits_holds_up_no_other_and_what_is_committed_never_passes_it()
    {
        await using var worker = await StartAsync();
        _time.Hold();
        var failed = false;
        _handler.Handle = record =>
        {
            var retry = record.Event.Key == "bad" && !failed;
            failed |= retry;
            return Task.FromResult(retry ? HandlingResult.Retry("once") : HandlingResult.Done);
        };

        _log.Add("x", "bad", "a", "b", "bad", "c", "d", "e", "f", "g");
        _log.AddTo(1, "h", "i");

        await Eventually.HoldsAsync("all other keys are done", () => _handler.Handled.Count == 11 && _log.Committed(1) == 2);
        Assert.Equal(1, _log.Committed());
        _time.Release();
        await CommittedAsync(10);
        Assert.All(_log.Commits.Where(static place => place.Partition == 0).Zip(_log.Commits.Where(static place => place.Partition == 0).Skip(1)), static pair => Assert.True(pair.First.Offset < pair.Second.Offset));
    }

    [Fact]
    public async Task Reading_pauses_while_too_much_is_in_flight()
    {
        await using var worker = await StartAsync();
        var release = new TaskCompletionSource();
        _handler.Handle = async _ =>
        {
            await release.Task;
            return HandlingResult.Done;
        };

        _log.Add([.. Enumerable.Range(0, 10_000).Select(static i => $"key{i}")]);

        // In pages of 500, and no further page when less than a quarter of 4,000 is free.
        await Eventually.HoldsAsync("it has read what it may", () => _log.Read == 3_500);
        release.SetResult();
        await CommittedAsync(10_000);
    }

    [Fact]
    public async Task A_handler_says_how_many_may_wait_behind_one_key()
    {
        _handler.MaxInFlight = 5_000;
        await using var worker = await StartAsync();
        _time.Hold();
        _handler.Handle = static record => Task.FromResult(record.Event.Key == "slow" ? HandlingResult.Wait(TimeSpan.FromHours(1)) : HandlingResult.Done);

        _log.Add([.. Enumerable.Repeat("slow", 3_500)]);
        _log.Add("other");

        await Eventually.HoldsAsync("the other key is handled", () => _handler.Handled.Any(static record => record.Event.Key == "other"));
    }

    [Fact]
    public async Task A_partition_that_came_back_is_committed_by_what_is_read_anew()
    {
        await using var worker = await StartAsync();
        var release = new TaskCompletionSource();
        _handler.Handle = async record =>
        {
            if (record.Event.Key == "slow")
            {
                await release.Task;
            }

            return HandlingResult.Done;
        };
        var page = _log.Add("slow", "a", "b");
        await Eventually.HoldsAsync("the others are done", () => _handler.Handled.Count == 3);

        _log.Repeat(page);
        await Eventually.HoldsAsync("they are done again", () => _handler.Handled.Count == 5);
        Assert.Empty(_log.Commits);
        release.SetResult();

        await CommittedAsync(3);
        Assert.Equal(2, _handler.Handled.Count(static record => record.Event.Key == "slow"));
    }

    [Fact]
    public async Task What_waits_while_its_partition_goes_is_neither_tried_again_nor_committed()
    {
        await using var worker = await StartAsync();
        _time.Hold();
        _handler.Handle = record => Task.FromResult(record.Event.Key == "a" ? HandlingResult.Retry("no answer") : HandlingResult.GiveUp("refused"));
        _handler.GiveUp = static () => throw new StoreUnavailableException("away");
        _log.Add("a", "a", "b");
        await Eventually.HoldsAsync("both keys wait", () => _time.Waits.Count == 2);

        // It went and came back, behind what the other member did: nothing from before holds up the commits.
        _log.Assignment = 1;
        _handler.Handle = static _ => Task.FromResult(HandlingResult.Done);
        _time.Release();
        _log.Repeat([ScriptedLog.Record(0, 9, "a") with { Assignment = 1 }]);
        await CommittedAsync(9);
        Assert.Equal(9, Assert.Single(_log.Commits).Offset);
        Assert.Equal([1L, 3L, 9L], _handler.Handled.Select(static record => record.Offset).Order());
    }

    [Theory]
    [InlineData(365)]
    [InlineData(-1)]
    public async Task However_long_a_platform_asks_to_wait_the_key_goes_on(int days)
    {
        await using var worker = await StartAsync();
        var calls = 0;
        _handler.Handle = _ => Task.FromResult(++calls == 1 ? HandlingResult.Wait(TimeSpan.FromDays(days)) : HandlingResult.Done);

        _log.Add("a", "a");

        await CommittedAsync(2);
        Assert.Equal(days > 0 ? 86_400 : 0, _time.Waits.Sum(static wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task A_record_that_waits_long_notices_within_seconds_that_its_partition_went()
    {
        await using var worker = await StartAsync();
        _time.Hold();
        _handler.Handle = static record => Task.FromResult(record.Offset == 1 ? HandlingResult.Wait(TimeSpan.FromHours(1)) : HandlingResult.Done);
        _log.Add("a");
        await Eventually.HoldsAsync("it waits", () => _time.Waits.Count == 1);

        _log.Assignment = 1;
        _log.Repeat([ScriptedLog.Record(0, 2, "a") with { Assignment = 1 }]);
        _time.Release();

        await CommittedAsync(2);
        Assert.Equal(TimeSpan.FromSeconds(5), Assert.Single(_time.Waits));
    }

    [Fact]
    public async Task A_defect_around_an_attempt_does_not_end_the_lane()
    {
        var broken = new BrokenOnceLogger();
        await using var worker = await StartAsync(broken);
        _handler.Handle = _ => broken.IsBroken ? throw new InvalidOperationException("a defect") : Task.FromResult(HandlingResult.Done);

        _log.Add("a", "a");

        await CommittedAsync(2);
        Assert.False(broken.IsBroken);
    }

    [Fact]
    public async Task A_log_that_fails_is_read_again()
    {
        await using var worker = await StartAsync();
        _log.Fail(new StoreUnavailableException("away"));
        _log.Fail(new InvalidOperationException("a defect"));

        _log.Add("a");

        await CommittedAsync(1);
        Assert.Equal(2, _time.Waits.Count);
    }

    [Fact]
    public async Task A_stop_waits_for_the_attempt_in_flight_and_leaves_the_rest()
    {
        var worker = await StartAsync();
        var (entered, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        _handler.Handle = async _ =>
        {
            entered.SetResult();
            await release.Task;
            return HandlingResult.Done;
        };
        _log.Add("a", "a", "a");
        await entered.Task;

        var stopping = worker.StopAsync(CancellationToken.None);
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        await stopping;

        Assert.Equal(1, _log.Committed());
        Assert.Single(_handler.Handled);
        Assert.True(_log.IsDisposed);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_retry()
    {
        var worker = await StartAsync();
        _time.Hold();
        _handler.Handle = static _ => Task.FromResult(HandlingResult.Retry("no answer"));
        _log.Add("a");
        await Eventually.HoldsAsync("it waits", () => _time.Waits.Count == 1);

        await worker.StopAsync(CancellationToken.None);

        Assert.Empty(_log.Commits);
        Assert.Empty(_handler.GivenUp);
    }

    [Fact]
    public async Task An_attempt_that_outlasts_the_hosts_patience_is_cut_off()
    {
        var worker = await StartAsync();
        var entered = new TaskCompletionSource();
        _handler.HandleUntil = async (_, cutOff) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, cutOff);
            return HandlingResult.Done;
        };
        _log.Add("a");
        await entered.Task;

        await worker.StopAsync(new CancellationToken(canceled: true));

        await Eventually.HoldsAsync("it has left", () => _log.IsDisposed);
        Assert.Empty(_log.Commits);
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
        _handler.Handle = _ =>
        {
            inside = Activity.Current?.TraceId ?? default;
            return Task.FromResult(HandlingResult.Done);
        };

        _log.Repeat([ScriptedLog.Record(0, 1, "a", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]);

        await CommittedAsync(1);
        var span = Assert.Single(spans, static span => span.ParentSpanId.ToHexString() == "b7ad6b7169203331");
        Assert.Equal((ActivityKind.Consumer, "process topic", "0af7651916cd43dd8448eb211c80319c"), (span.Kind, span.DisplayName, span.TraceId.ToHexString()));
        Assert.Equal(span.TraceId, inside);
    }

    private async Task<RunningWorker> StartAsync(ILogger<KeyedWorker>? log = null)
    {
        var worker = new RunningWorker(new KeyedWorker(_handler, _log, _time, log ?? NullLogger<KeyedWorker>.Instance));
        await worker.StartAsync();
        return worker;
    }

    private Task CommittedAsync(long offset) => Eventually.HoldsAsync($"{offset} is committed", () => _log.Committed() == offset);

    /// <summary>Throws at the first line written to it.</summary>
    private sealed class BrokenOnceLogger : ILogger<KeyedWorker>
    {
        public bool IsBroken { get; private set; } = true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsBroken)
            {
                IsBroken = false;
                throw new IOException("the disk is full");
            }
        }
    }

    private sealed class ScriptedHandler : IKeyedHandler
    {
        private readonly ConcurrentQueue<LogRecord> _handled = new();
        private readonly ConcurrentQueue<(long, string, int)> _givenUp = new();

        public string Topic => "topic";

        public string Group => "group";

        public int Concurrency => 4;

        public int MaxInFlight { get; set; } = 4_000;

        public Func<LogRecord, Task<HandlingResult>> Handle { get; set; } = static _ => Task.FromResult(HandlingResult.Done);

        public Func<LogRecord, CancellationToken, Task<HandlingResult>>? HandleUntil { get; set; }

        public Func<Task> GiveUp { get; set; } = static () => Task.CompletedTask;

        /// <summary>Each attempt, in the order in which they began.</summary>
        public IReadOnlyList<LogRecord> Handled => [.. _handled];

        public IReadOnlyList<(long Offset, string Reason, int Attempts)> GivenUp => [.. _givenUp];

        public Task<HandlingResult> HandleAsync(LogRecord record, CancellationToken cancellationToken)
        {
            _handled.Enqueue(record);
            return HandleUntil?.Invoke(record, cancellationToken) ?? Handle(record);
        }

        public async Task GiveUpAsync(LogRecord record, string reason, int attempts, CancellationToken cancellationToken)
        {
            await GiveUp();
            _givenUp.Enqueue((record.Offset, reason, attempts));
        }
    }
}
