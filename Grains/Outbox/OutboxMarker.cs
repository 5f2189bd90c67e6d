using System.Threading.Channels;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chat4All.Grains.Outbox;

/// <summary>
/// Marks published rows for all conversations of this process, in large sets and on a connection of its own: in the journal's loop it would cost a quarter of its throughput.
/// What is lost here (a crash, an overflow) stays unpublished in the store and is published once more; consumers tell repeats by event id.
/// </summary>
internal sealed partial class OutboxMarker(IOutboxStore store, TimeProvider time, ILogger<OutboxMarker> log) : IHostedService
{
    private const int MaxSet = 2_000;

    /// <summary>Long enough to gather a worthwhile set, short enough that a row reads as published within 100 ms.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(25);

    private readonly Channel<OutboxEvent> _published = Channel.CreateBounded<OutboxEvent>(
        new BoundedChannelOptions(100_000) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    private Task _running = Task.CompletedTask;

    /// <summary>Takes note that the log has an event.</summary>
    public void Mark(OutboxEvent published) => _published.Writer.TryWrite(published);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _published.Writer.TryComplete();
        return _running.WaitAsync(cancellationToken);
    }

    private async Task RunAsync()
    {
        var set = new List<OutboxEvent>(MaxSet);
        while (await _published.Reader.WaitToReadAsync())
        {
            if (!_published.Reader.Completion.IsCompleted && _published.Reader.Count < MaxSet)
            {
                await Task.Delay(Gathering, time);
            }

            set.Clear();
            while (set.Count < MaxSet && _published.Reader.TryRead(out var published))
            {
                set.Add(published);
            }

            await MarkAsync(set);
        }
    }

    private async Task MarkAsync(List<OutboxEvent> set)
    {
        try
        {
            await store.MarkPublishedAsync(set, time.GetUtcNow(), CancellationToken.None);
        }
        catch (Exception cause) when (cause is StoreUnavailableException or CommitOutcomeUnknownException)
        {
            LogNotMarked(log, set.Count, cause);
        }
    }

    [LoggerMessage(111, LogLevel.Warning, "{Rows} published outbox rows could not be marked; they will be published once more")]
    private static partial void LogNotMarked(ILogger log, int rows, Exception cause);
}
