using System.Collections.Concurrent;
using Chat4All.Grains.Ports;
using Chat4All.Silo.Workers;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.Logging;

namespace Chat4All.Tests.Silo.Workers;

/// <summary>How a worker ends: a stop lets what is in flight finish, and the host's patience bounds it.</summary>
public sealed class WorkerStopTests : KeyedWorkerTestBase
{
    [Fact]
    public async Task A_stop_waits_for_the_attempt_in_flight_and_leaves_the_rest()
    {
        var worker = await StartAsync();
        var (entered, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        Handler.Handle = async _ =>
        {
            entered.SetResult();
            await release.Task;
            return HandlingResult.Done;
        };
        Log.Add("a", "a", "a");
        await entered.Task;

        var stopping = worker.StopAsync(CancellationToken.None);
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        await stopping;

        Assert.Equal(1, Log.Committed());
        Assert.Single(Handler.Handled);
        Assert.True(Log.IsDisposed);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_retry()
    {
        var worker = await StartAsync();
        Time.Hold();
        Handler.Handle = static _ => Task.FromResult(HandlingResult.Retry("no answer"));
        Log.Add("a");
        await Eventually.HoldsAsync("it waits", () => Time.Waits.Count == 1);

        await worker.StopAsync(CancellationToken.None);

        Assert.Empty(Log.Commits);
        Assert.Empty(Handler.GivenUp);
    }

    [Fact]
    public async Task An_attempt_that_outlasts_the_hosts_patience_is_cut_off()
    {
        var worker = await StartAsync();
        var entered = new TaskCompletionSource();
        Handler.HandleUntil = async (_, cutOff) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, cutOff);
            return HandlingResult.Done;
        };
        Log.Add("a");
        await entered.Task;

        await worker.StopAsync(new CancellationToken(canceled: true));

        await Eventually.HoldsAsync("it has left", () => Log.IsDisposed);
        Assert.Empty(Log.Commits);
    }

    [Fact]
    public async Task A_worker_that_is_disposed_without_a_stop_ends_quietly()
    {
        var lines = new RecordedLines();
        var worker = new KeyedWorker(Handler, Log, Time, lines);
        await worker.StartAsync(CancellationToken.None);
        Log.Add("a");
        await CommittedAsync(1);

        worker.Dispose();
        Log.Add("b");

        await Eventually.HoldsAsync("it has left", () => Log.IsDisposed);
        Assert.Empty(lines.Written);
    }

    [Fact]
    public async Task A_worker_that_is_disposed_amid_an_attempt_cuts_it_off_and_ends_quietly()
    {
        var lines = new RecordedLines();
        var worker = new KeyedWorker(Handler, Log, Time, lines);
        await worker.StartAsync(CancellationToken.None);
        var (entered, cut) = (new TaskCompletionSource(), new TaskCompletionSource());
        Handler.HandleUntil = async (_, cutOff) =>
        {
            entered.SetResult();
            await using var ends = cutOff.Register(cut.SetResult);
            await cut.Task;
            return HandlingResult.Done;
        };
        Log.Add("a");
        await entered.Task;

        worker.Dispose();

        await Eventually.HoldsAsync("it has left", () => Log.IsDisposed);
        Assert.Empty(lines.Written);
    }

    /// <summary>Keeps every line written to it.</summary>
    private sealed class RecordedLines : ILogger<KeyedWorker>
    {
        private readonly ConcurrentQueue<string> _written = new();

        public IReadOnlyList<string> Written => [.. _written];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _written.Enqueue(formatter(state, exception));
    }
}
