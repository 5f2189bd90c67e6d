using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;

namespace Chat4All.Silo.Workers;

/// <summary>
/// Runs a <see cref="IKeyedHandler"/>: a lane for each key that has records, as many at work as the handler wants. A lane that waits (for a retry, for its turn at a platform) takes no
/// place from the others. Reading pauses when too much is in flight; what is committed never passes work in flight.
/// </summary>
internal sealed partial class KeyedWorker : Worker
{
    private const int MaxPage = 500;

    private readonly IKeyedHandler _handler;
    private readonly RecordAttempts _attempts;
    private readonly InFlight _inFlight;
    private readonly SemaphoreSlim _places;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<Taken>> _lanes = new(StringComparer.Ordinal);
    private readonly Dictionary<int, PartitionProgress> _progress = [];
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isDraining;

    public KeyedWorker(IKeyedHandler handler, IEventLog eventLog, TimeProvider time, ILogger<KeyedWorker> log)
        : base(eventLog, handler.Topic, handler.Group, time, log)
    {
        _handler = handler;
        _inFlight = new InFlight(handler.MaxInFlight);
        _places = new SemaphoreSlim(handler.Concurrency);
        _attempts = new RecordAttempts(handler, Spans, _places, DelayAsync, log, Stopping, CutOff);
    }

    protected override void Dispose(bool disposing)
    {
        _places.Dispose();
        base.Dispose(disposing);
    }

    protected override async Task RunAsync(ILogConsumer consumer)
    {
        var commits = new CommitLoop(reached => CommitAsync(consumer, reached));
        while (await WaitForRoomAsync(_inFlight) is var room and > 0)
        {
            var page = await ReadAsync(consumer, (int)Math.Min(room, MaxPage));
            Count(page.Count);
            lock (_lock)
            {
                foreach (var record in page)
                {
                    Take(record, consumer, commits);
                }
            }
        }

        await DrainAsync(commits);
    }

    /// <summary>Takes note of records that were read, or with a negative number of those that are done.</summary>
    private void Count(int records)
    {
        _inFlight.Add(records);
        WorkerMetrics.InFlight.Add(records, new("topic", _handler.Topic), new("group", _handler.Group));
    }

    private void Take(LogRecord record, ILogConsumer consumer, CommitLoop commits)
    {
        if (!_progress.TryGetValue(record.Partition, out var progress))
        {
            _progress.Add(record.Partition, progress = new PartitionProgress());
        }

        var taken = new Taken(record, progress.Take(record.Offset, record.Assignment));
        if (_lanes.TryGetValue(record.Event.Key, out var lane))
        {
            lane.Enqueue(taken);
            return;
        }

        _lanes.Add(record.Event.Key, lane = new Queue<Taken>([taken]));
        _ = Task.Run(() => RunLaneAsync(record.Event.Key, lane, consumer, commits), CancellationToken.None);
    }

    /// <summary>Handles a key's records one after the other until none is left. Never throws.</summary>
    private async Task RunLaneAsync(string key, Queue<Taken> lane, ILogConsumer consumer, CommitLoop commits)
    {
        Taken? next;
        lock (_lock)
        {
            next = lane.Peek();
        }

        while (next is not null)
        {
            var end = await HandleAsync(next.Record, consumer);
            Count(-1);
            lock (_lock)
            {
                if (end != RecordEnd.Stopped)
                {
                    lane.Dequeue();
                }

                if (end == RecordEnd.Done)
                {
                    Finish(next, commits);
                }

                // A lane that stops with work left ends here; what it holds is not committed and comes again.
                if (end == RecordEnd.Stopped || !lane.TryPeek(out next))
                {
                    next = null;
                    _lanes.Remove(key);
                    LeaveIfLast();
                }
            }
        }
    }

    /// <summary>A defect must not end the lane: its key, and with it the partition's commits, would stand still until a restart.</summary>
    private async Task<RecordEnd> HandleAsync(LogRecord record, ILogConsumer consumer)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await _attempts.HandleAsync(record, consumer);
            }
            catch (Exception defect) when (defect is not OutOfMemoryException)
            {
                LogDefect(Log, _handler.Group, record.Event.Id, _handler.Topic, defect);
                if (!await DelayAsync(RetrySchedule.After(failures)))
                {
                    return RecordEnd.Stopped;
                }
            }
        }
    }

    private void Finish(Taken taken, CommitLoop commits)
    {
        if (_progress[taken.Record.Partition].Finish(taken.Entry) is { } reached)
        {
            commits.Reach(new LogPosition(taken.Record.Partition, reached));
        }
    }

    /// <summary>Waits for the lanes, which end after their current record because the worker stops, and for the last commit.</summary>
    private async Task DrainAsync(CommitLoop commits)
    {
        lock (_lock)
        {
            _isDraining = true;
            LeaveIfLast();
        }

        await _idle.Task;
        await commits.Committed;
    }

    private void LeaveIfLast()
    {
        if (_lanes.Count == 0 && _isDraining)
        {
            _idle.TrySetResult();
        }
    }

    [LoggerMessage(323, LogLevel.Critical, "{Group} has a defect that shows at event {EventId} of {Topic}; it tries again")]
    private static partial void LogDefect(ILogger log, string group, string eventId, string topic, Exception defect);

    private sealed record Taken(LogRecord Record, PartitionProgress.Entry Entry);
}
