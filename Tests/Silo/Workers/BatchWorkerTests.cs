using System.Collections.Concurrent;
using Chat4All.Grains.Ports;
using Chat4All.Silo.Workers;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using BatchWorker = Chat4All.Silo.Workers.BatchWorker;

namespace Chat4All.Tests.Silo.Workers;

public sealed class BatchWorkerTests
{
    private readonly ScriptedLog _log = new();
    private readonly RecordedWaits _time = new();
    private readonly ScriptedHandler _handler = new();
    private readonly RecordedDeadLetters _deadLetters = new();

    [Fact]
    public async Task A_batch_is_committed_up_to_its_last_record_of_each_partition()
    {
        await using var worker = await StartAsync();

        _log.Repeat([ScriptedLog.Record(0, 1, "a"), ScriptedLog.Record(3, 2, "b"), ScriptedLog.Record(0, 5, "c")]);

        await Eventually.HoldsAsync("it is committed", () => _log.Commits.Count == 2);
        Assert.Equal([new LogPosition(0, 5), new LogPosition(3, 2)], _log.Commits.OrderBy(static place => place.Partition));
        Assert.Equal([1L, 2L, 5L], Assert.Single(_handler.Batches));
    }

    [Fact]
    public async Task Batches_are_no_larger_than_the_handler_wants()
    {
        await using var worker = await StartAsync();

        _log.Add([.. Enumerable.Repeat("a", 250)]);

        await Eventually.HoldsAsync("all are committed", () => _log.Committed() == 250);
        Assert.Equal([100, 100, 50], _handler.Batches.Select(static batch => batch.Length));
    }

    [Fact]
    public async Task A_batch_that_fails_comes_again_until_it_is_done_and_holds_up_the_next()
    {
        await using var worker = await StartAsync();
        var calls = 0;
        _handler.Handle = () => ++calls <= 7 ? throw new StoreUnavailableException("away") : Task.CompletedTask;

        _log.Add("a", "b");
        _log.Add("c");

        await Eventually.HoldsAsync("all are committed", () => _log.Committed() == 3);
        Assert.All(_handler.Batches.Take(8), static batch => Assert.Equal([1L, 2L], batch));
        Assert.Equal([3L], _handler.Batches[^1]);
        Assert.All(_time.Waits.Zip([1, 2, 4, 8, 16, 30, 30]), static wait => Assert.InRange(wait.First.TotalSeconds, wait.Second, wait.Second * 1.25));
        Assert.All(_log.Commits, static place => Assert.InRange(place.Offset, 2, 3));
    }

    [Fact]
    public async Task A_record_that_always_fails_is_put_aside_after_a_while_and_the_others_of_its_batch_are_handled()
    {
        await using var worker = await StartAsync();
        _handler.HandleRecords = static records => records.Any(static record => record.Offset == 2) ? throw new InvalidOperationException("a defect") : Task.CompletedTask;

        _log.Add("a", "b", "c");

        await Eventually.HoldsAsync("all are committed", () => _log.Committed() == 3);
        Assert.Equal([[1L, 2L, 3L], [1L, 2L, 3L], [1L, 2L, 3L], [1L, 2L, 3L], [1L], [2L], [3L]], _handler.Batches);
        Assert.Equal((2L, "group", "internal_error"), Assert.Single(_deadLetters.Added));
        Assert.All(_time.Waits.Zip([1, 2, 4]), static wait => Assert.InRange(wait.First.TotalSeconds, wait.Second, wait.Second * 1.25));
    }

    [Fact]
    public async Task What_is_handled_but_not_settled_is_committed_when_it_is_and_holds_up_no_batch()
    {
        await using var worker = await StartAsync();
        var settled = new TaskCompletionSource();
        _handler.Settled = settled.Task;

        _log.Add("a");
        _log.Add("b");

        await Eventually.HoldsAsync("both are handled", () => _handler.Batches.Count == 2);
        Assert.Empty(_log.Commits);
        settled.SetResult();
        await Eventually.HoldsAsync("both are committed", () => _log.Committed() == 2);
    }

    [Fact]
    public async Task A_commit_that_takes_long_holds_up_no_batch_and_what_is_done_meanwhile_goes_together_in_the_next()
    {
        await using var worker = await StartAsync();
        _log.CommitGate = new TaskCompletionSource();

        for (var i = 1; i <= 6; i++)
        {
            _log.Add("a");
            await Eventually.HoldsAsync("it is handled", () => _handler.Batches.Count == i);
        }

        Assert.Empty(_log.Commits);
        _log.CommitGate.SetResult();
        await Eventually.HoldsAsync("all are committed", () => _log.Committed() == 6);
        Assert.InRange(_log.Commits.Count, 1, 2);
    }

    [Fact]
    public async Task A_stop_leaves_what_is_not_settled()
    {
        var worker = await StartAsync();
        var cutOff = new TaskCompletionSource();
        _handler.HandleUntil = token =>
        {
            token.Register(cutOff.SetCanceled);
            _handler.Settled = cutOff.Task;
        };
        _log.Add("a");
        await Eventually.HoldsAsync("it is handled", () => _handler.Batches.Count == 1);

        await worker.StopAsync(CancellationToken.None);

        Assert.True(cutOff.Task.IsCanceled);
        Assert.Empty(_log.Commits);
        Assert.True(_log.IsDisposed);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_what_others_left_to_the_handler()
    {
        var worker = await StartAsync();
        _handler.Settled = new TaskCompletionSource().Task;
        _log.Add("a");
        await Eventually.HoldsAsync("it is handled", () => _handler.Batches.Count == 1);

        await worker.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Empty(_log.Commits);
        Assert.True(_log.IsDisposed);
    }

    [Fact]
    public async Task A_handler_that_has_no_room_is_given_nothing_until_it_has()
    {
        await using var worker = await StartAsync();
        var room = new TaskCompletionSource();
        _handler.HandleRecords = _ =>
        {
            _handler.Room = room.Task;
            return Task.CompletedTask;
        };
        _log.Add("a");
        _log.Add("b");
        await Eventually.HoldsAsync("the first is committed", () => _log.Committed() == 1);

        Assert.Equal(1, _log.Read);
        room.SetResult();
        await Eventually.HoldsAsync("the second is committed", () => _log.Committed() == 2);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_room()
    {
        var worker = await StartAsync();
        _handler.HandleRecords = _ =>
        {
            _handler.Room = new TaskCompletionSource().Task;
            return Task.CompletedTask;
        };
        _log.Add("a");
        await Eventually.HoldsAsync("it is committed", () => _log.Committed() == 1);

        await worker.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.True(_log.IsDisposed);
    }

    [Fact]
    public async Task A_stop_waits_for_the_batch_in_flight_and_commits_it()
    {
        var worker = await StartAsync();
        var (entered, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        _handler.Handle = () =>
        {
            entered.TrySetResult();
            return release.Task;
        };
        _log.Add("a");
        _log.Add("b");
        await entered.Task;

        var stopping = worker.StopAsync(CancellationToken.None);
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        await stopping;

        Assert.Equal([new LogPosition(0, 1)], _log.Commits);
        Assert.True(_log.IsDisposed);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_the_next_attempt()
    {
        var worker = await StartAsync();
        _time.Hold();
        _handler.Handle = static () => throw new StoreUnavailableException("away");
        _log.Add("a");
        await Eventually.HoldsAsync("it waits", () => _time.Waits.Count == 1);

        await worker.StopAsync(CancellationToken.None);

        Assert.Empty(_log.Commits);
        Assert.True(_log.IsDisposed);
    }

    private async Task<RunningWorker> StartAsync()
    {
        var worker = new RunningWorker(new BatchWorker(_handler, _log, _deadLetters, _time, NullLogger<BatchWorker>.Instance));
        await worker.StartAsync();
        return worker;
    }

    private sealed class ScriptedHandler : IBatchHandler
    {
        private readonly ConcurrentQueue<long[]> _batches = new();

        public string Topic => "topic";

        public string Group => "group";

        public int MaxBatch => 100;

        public Func<Task> Handle { get; set; } = static () => Task.CompletedTask;

        public Func<IReadOnlyList<LogRecord>, Task>? HandleRecords { get; set; }

        public Action<CancellationToken>? HandleUntil { get; set; }

        public Task Settled { get; set; } = Task.CompletedTask;

        public Task Room { get; set; } = Task.CompletedTask;

        /// <summary>The offsets of each attempt.</summary>
        public IReadOnlyList<long[]> Batches => [.. _batches];

        public Task WaitForRoomAsync(CancellationToken cancellationToken) => Room.WaitAsync(cancellationToken);

        public Task HandleAsync(IReadOnlyList<LogRecord> records, CancellationToken cancellationToken)
        {
            _batches.Enqueue([.. records.Select(static record => record.Offset)]);
            HandleUntil?.Invoke(cancellationToken);
            return HandleRecords?.Invoke(records) ?? Handle();
        }
    }

    private sealed class RecordedDeadLetters : IDeadLetters
    {
        private readonly ConcurrentQueue<(long, string, string)> _added = new();

        public IReadOnlyList<(long Offset, string Group, string Reason)> Added => [.. _added];

        public Task AddAsync(
            LogRecord record, string group, string reason, int attempts, CancellationToken cancellationToken, string? recipient = null, string? channel = null)
        {
            _added.Enqueue((record.Offset, group, reason));
            return Task.CompletedTask;
        }
    }
}
