using System.Threading.Channels;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chat4All.Grains.Outbox;

/// <summary>
/// Marks published rows for all conversations of this process, in large sets and on a connection of its own: in the journal's loop it would cost a quarter of its throughput.
/// What is lost here (a crash, an overflow) stays unpublished in the store and is published once more; consumers tell repeats by event id.
/// </summary>
internal sealed partial class OutboxMarker(IOutboxStore store, OutboxBacklog backlog, TimeProvider time, ILogger<OutboxMarker> log) : IHostedService, IDisposable
{
    private const int MaxSet = 2_000;

    /// <summary>Long enough to gather a worthwhile set, short enough that a row reads as published within 100 ms.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(25);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Channel<Entry> _entries = Channel.CreateBounded<Entry>(new BoundedChannelOptions(100_000) { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private volatile TaskCompletionSource _urgent = NewSignal();
    private Task _running = Task.CompletedTask;

    /// <summary>Takes note that the log has an event.</summary>
    public void Mark(OutboxEvent published) => _entries.Writer.TryWrite(new Entry(published, null));

    /// <summary>Completes when everything that was noted before is marked in the store, or when the process stops.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var marked = NewSignal();
        if (await _entries.Writer.WaitToWriteAsync(cancellationToken))
        {
            await _entries.Writer.WriteAsync(new Entry(null, marked), cancellationToken);
            _urgent.TrySetResult();
            await marked.Task.WaitAsync(cancellationToken);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _entries.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync()
    {
        var set = new List<OutboxEvent>(MaxSet);
        var waiting = new List<TaskCompletionSource>();
        while (await _entries.Reader.WaitToReadAsync())
        {
            if (_entries.Reader.Count < MaxSet)
            {
                await GatherAsync();
            }

            set.Clear();
            waiting.Clear();
            while (set.Count < MaxSet && _entries.Reader.TryRead(out var entry))
            {
                if (entry.Published is { } published)
                {
                    set.Add(published);
                }
                else
                {
                    waiting.Add(entry.Marked!);
                }
            }

            await MarkAsync(set);
            waiting.ForEach(static one => one.TrySetResult());
        }
    }

    /// <summary>Lets a set grow, unless somebody waits for it.</summary>
    private async Task GatherAsync()
    {
        var urgent = _urgent.Task;
        await Task.WhenAny(Task.Delay(Gathering, time, _stopping.Token), urgent);
        if (urgent.IsCompleted)
        {
            _urgent = NewSignal();
        }
    }

    /// <summary>Until the store has it: what was published is not published again because the store was away for a moment.</summary>
    private async Task MarkAsync(List<OutboxEvent> set)
    {
        while (set.Count > 0)
        {
            try
            {
                await store.MarkPublishedAsync(set, time.GetUtcNow(), CancellationToken.None);
                backlog.Published(set.Count);
                return;
            }
            catch (Exception cause) when (cause is StoreUnavailableException or CommitOutcomeUnknownException)
            {
                LogNotMarked(log, set.Count, cause);
                if (_stopping.IsCancellationRequested)
                {
                    return;
                }

                await Task.Delay(Pause, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(111, LogLevel.Warning, "{Rows} published outbox rows could not be marked")]
    private static partial void LogNotMarked(ILogger log, int rows, Exception cause);

    /// <summary>A published event, or somebody who waits for all before.</summary>
    private readonly record struct Entry(OutboxEvent? Published, TaskCompletionSource? Marked);
}
