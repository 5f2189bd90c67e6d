using Chat4All.Grains.Ports;
using Chat4All.Silo.Workers;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.Logging;

namespace Chat4All.Tests.Silo.Workers;

public sealed class KeyedWorkerTests : KeyedWorkerTestBase
{
    [Fact]
    public async Task Records_of_one_key_are_handled_one_after_the_other()
    {
        await using var worker = await StartAsync();
        var (inside, most) = (0, 0);
        Handler.Handle = async record =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            return HandlingResult.Done;
        };

        Log.Add([.. Enumerable.Repeat("a", 300)]);
        Log.Add([.. Enumerable.Repeat("a", 300)]);

        await CommittedAsync(600);
        Assert.Equal(1, most);
        Assert.Equal(Enumerable.Range(1, 600).Select(static i => (long)i), Handler.Handled.Select(static record => record.Offset));
    }

    [Fact]
    public async Task Different_keys_are_handled_in_parallel_up_to_the_handlers_wish()
    {
        await using var worker = await StartAsync();
        var meeting = new TaskCompletionSource();
        var inside = 0;
        Handler.Handle = async _ =>
        {
            if (Interlocked.Increment(ref inside) == 4)
            {
                meeting.SetResult();
            }

            await meeting.Task;
            return HandlingResult.Done;
        };

        Log.Add("a", "b", "c", "d", "e", "f");

        await CommittedAsync(6);
    }

    [Fact]
    public async Task More_than_the_handler_wants_are_never_in_its_hands()
    {
        await using var worker = await StartAsync();
        var (inside, most) = (0, 0);
        var gate = new object();
        Handler.Handle = async _ =>
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

        Log.Add([.. Enumerable.Range(0, 400).Select(static i => $"key{i}")]);

        await CommittedAsync(400);
        Assert.InRange(most, 1, 4);
    }

    [Fact]
    public async Task A_key_that_waits_holds_up_no_other_and_what_is_committed_never_passes_it()
    {
        await using var worker = await StartAsync();
        Time.Hold();
        var failed = false;
        Handler.Handle = record =>
        {
            var retry = record.Event.Key == "bad" && !failed;
            failed |= retry;
            return Task.FromResult(retry ? HandlingResult.Retry("once") : HandlingResult.Done);
        };

        Log.Add("x", "bad", "a", "b", "bad", "c", "d", "e", "f", "g");
        Log.AddTo(1, "h", "i");

        await Eventually.HoldsAsync("all other keys are done", () => Handler.Handled.Count == 11 && Log.Committed(1) == 2);
        Assert.Equal(1, Log.Committed());
        Time.Release();
        await CommittedAsync(10);
        Assert.All(Log.Commits.Where(static place => place.Partition == 0).Zip(Log.Commits.Where(static place => place.Partition == 0).Skip(1)), static pair => Assert.True(pair.First.Offset < pair.Second.Offset));
    }

    [Fact]
    public async Task Reading_pauses_while_too_much_is_in_flight()
    {
        await using var worker = await StartAsync();
        var release = new TaskCompletionSource();
        Handler.Handle = async _ =>
        {
            await release.Task;
            return HandlingResult.Done;
        };

        Log.Add([.. Enumerable.Range(0, 10_000).Select(static i => $"key{i}")]);

        // In pages of 500, and no further page when less than a quarter of 4,000 is free.
        await Eventually.HoldsAsync("it has read what it may", () => Log.Read == 3_500);
        release.SetResult();
        await CommittedAsync(10_000);
    }

    [Fact]
    public async Task A_handler_says_how_many_may_wait_behind_one_key()
    {
        Handler.MaxInFlight = 5_000;
        await using var worker = await StartAsync();
        Time.Hold();
        Handler.Handle = static record => Task.FromResult(record.Event.Key == "slow" ? HandlingResult.Wait(TimeSpan.FromHours(1)) : HandlingResult.Done);

        Log.Add([.. Enumerable.Repeat("slow", 3_500)]);
        Log.Add("other");

        await Eventually.HoldsAsync("the other key is handled", () => Handler.Handled.Any(static record => record.Event.Key == "other"));
    }

    [Fact]
    public async Task A_partition_that_came_back_is_committed_by_what_is_read_anew()
    {
        await using var worker = await StartAsync();
        var release = new TaskCompletionSource();
        Handler.Handle = async record =>
        {
            if (record.Event.Key == "slow")
            {
                await release.Task;
            }

            return HandlingResult.Done;
        };
        var page = Log.Add("slow", "a", "b");
        await Eventually.HoldsAsync("the others are done", () => Handler.Handled.Count == 3);

        Log.Repeat(page);
        await Eventually.HoldsAsync("they are done again", () => Handler.Handled.Count == 5);
        Assert.Empty(Log.Commits);
        release.SetResult();

        await CommittedAsync(3);
        Assert.Equal(2, Handler.Handled.Count(static record => record.Event.Key == "slow"));
    }

    [Fact]
    public async Task A_defect_around_an_attempt_does_not_end_the_lane()
    {
        var broken = new BrokenOnceLogger();
        await using var worker = await StartAsync(broken);
        Handler.Handle = _ => broken.IsBroken ? throw new InvalidOperationException("a defect") : Task.FromResult(HandlingResult.Done);

        Log.Add("a", "a");

        await CommittedAsync(2);
        Assert.False(broken.IsBroken);
    }

    [Fact]
    public async Task A_log_that_fails_is_read_again()
    {
        await using var worker = await StartAsync();
        Log.Fail(new StoreUnavailableException("away"));
        Log.Fail(new InvalidOperationException("a defect"));

        Log.Add("a");

        await CommittedAsync(1);
        Assert.Equal(2, Time.Waits.Count);
    }

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
}
