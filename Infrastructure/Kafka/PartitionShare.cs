using System.Diagnostics;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Kafka;

/// <summary>
/// What a consumer has of a topic at the moment: its partitions, the records it fetched of them and nobody took yet, and how far the worker is done. Shared by the thread that polls and
/// the worker that reads.
/// </summary>
internal sealed class PartitionShare(int capacity)
{
    private readonly object _lock = new();
    private readonly Dictionary<int, Progress> _partitions = [];
    private readonly Dictionary<int, int> _assignments = [];
    private Queue<LogRecord> _ready = new();
    private TaskCompletionSource _arrived = New();

    /// <summary>No more should be fetched for now.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                return _ready.Count >= capacity;
            }
        }
    }

    /// <summary>Waits until at least half of the capacity is free; false when that took longer than <paramref name="patience"/>.</summary>
    public bool WaitForRoom(TimeSpan patience)
    {
        lock (_lock)
        {
            return _ready.Count <= capacity / 2 || (Monitor.Wait(_lock, patience) && _ready.Count <= capacity / 2);
        }
    }

    public void Add(IEnumerable<int> partitions)
    {
        lock (_lock)
        {
            foreach (var partition in partitions)
            {
                // 0 the first time.
                _assignments[partition] = _assignments.TryGetValue(partition, out var last) ? last + 1 : 0;
                _partitions[partition] = new Progress(_assignments[partition]);
            }
        }
    }

    /// <summary>Begins an attempt at a record; false when its partition went since, or is about to.</summary>
    public bool TryHold(LogRecord record)
    {
        lock (_lock)
        {
            if (Of(record) is not { IsLeaving: false } progress)
            {
                return false;
            }

            progress.Held++;
            return true;
        }
    }

    public void LetGo(LogRecord record)
    {
        lock (_lock)
        {
            if (Of(record) is { } progress && --progress.Held == 0 && progress.IsLeaving)
            {
                Monitor.PulseAll(_lock);
            }
        }
    }

    /// <summary>Lets no further attempt at records of these partitions begin and waits for those under way; false when that took longer than <paramref name="patience"/>.</summary>
    public bool Quiesce(IReadOnlyCollection<int> partitions, TimeSpan patience)
    {
        lock (_lock)
        {
            Progress[] leaving = [.. _partitions.Where(partition => partitions.Contains(partition.Key)).Select(static partition => partition.Value)];
            Array.ForEach(leaving, static progress => progress.IsLeaving = true);
            var started = Stopwatch.GetTimestamp();
            while (leaving.Any(static progress => progress.Held > 0))
            {
                var left = patience - Stopwatch.GetElapsedTime(started);
                if (left <= TimeSpan.Zero)
                {
                    return false;
                }

                Monitor.Wait(_lock, left);
            }

            return true;
        }
    }

    /// <summary>Forgets partitions that went to another member, and what was fetched of them: that is the other's work now.</summary>
    public void Remove(IReadOnlyCollection<int> partitions)
    {
        lock (_lock)
        {
            foreach (var partition in partitions)
            {
                _partitions.Remove(partition);
            }

            _ready = new Queue<LogRecord>(_ready.Where(record => !partitions.Contains(record.Partition)));
        }
    }

    /// <summary>Takes a record that was fetched.</summary>
    public void Arrive(LogRecord record)
    {
        lock (_lock)
        {
            if (!_partitions.TryGetValue(record.Partition, out var progress))
            {
                return;
            }

            progress.First ??= record.Offset;
            progress.Last = record.Offset;
            _ready.Enqueue(progress.Assignment == 0 ? record : record with { Assignment = progress.Assignment });
            _arrived.TrySetResult();
        }
    }

    /// <summary>A record that nobody will take: done as soon as everything before it is, so that a partition that ends with it has an end.</summary>
    public void PassOver(LogPosition foreign)
    {
        lock (_lock)
        {
            if (_partitions.TryGetValue(foreign.Partition, out var progress))
            {
                progress.First ??= foreign.Offset;
                progress.PassedOver = foreign.Offset;
                progress.Advance(progress.Done);
            }
        }
    }

    /// <summary>Waits until there is something to take, and takes up to <paramref name="max"/>. For one reader.</summary>
    public async Task<IReadOnlyList<LogRecord>> TakeAsync(int max, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task arrived;
            lock (_lock)
            {
                if (_ready.Count > 0)
                {
                    var taken = new List<LogRecord>(Math.Min(max, _ready.Count));
                    while (taken.Count < max && _ready.TryDequeue(out var record))
                    {
                        taken.Add(record);
                    }

                    if (_ready.Count <= capacity / 2)
                    {
                        Monitor.PulseAll(_lock);
                    }

                    return taken;
                }

                if (_arrived.Task.IsCompleted)
                {
                    _arrived = New();
                }

                arrived = _arrived.Task;
            }

            await arrived.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Takes note of what is done. Positions of partitions that are not ours are passed over, and those before the place where a partition began that came back: another member
    /// has gone beyond them.
    /// </summary>
    public void Note(IReadOnlyList<LogPosition> done)
    {
        lock (_lock)
        {
            foreach (var position in done)
            {
                if (_partitions.TryGetValue(position.Partition, out var progress) && progress.First <= position.Offset)
                {
                    progress.Advance(position.Offset);
                }
            }
        }
    }

    /// <summary>What is done and not committed yet, of all partitions or of some.</summary>
    public IReadOnlyList<LogPosition> Uncommitted(IReadOnlyCollection<int>? among = null)
    {
        lock (_lock)
        {
            return [.. _partitions
                .Where(partition => partition.Value.Done > partition.Value.Committed && among?.Contains(partition.Key) != false)
                .Select(static partition => new LogPosition(partition.Key, partition.Value.Done))];
        }
    }

    public void Committed(IReadOnlyList<LogPosition> positions)
    {
        lock (_lock)
        {
            foreach (var position in positions)
            {
                if (_partitions.TryGetValue(position.Partition, out var progress))
                {
                    progress.Committed = Math.Max(progress.Committed, position.Offset);
                }
            }
        }
    }

    private Progress? Of(LogRecord record) =>
        _partitions.TryGetValue(record.Partition, out var progress) && progress.Assignment == record.Assignment ? progress : null;

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Progress(int assignment)
    {
        public int Assignment => assignment;

        /// <summary>Attempts under way.</summary>
        public int Held { get; set; }

        /// <summary>It goes to another member as soon as nothing is under way any more.</summary>
        public bool IsLeaving { get; set; }

        /// <summary>The first offset that came since the partition did: everything before is committed.</summary>
        public long? First { get; set; }

        /// <summary>The newest that came for the worker.</summary>
        public long Last { get; set; } = -1;

        /// <summary>The newest that came for nobody.</summary>
        public long PassedOver { get; set; } = -1;

        public long Done { get; private set; } = -1;

        public long Committed { get; set; } = -1;

        public void Advance(long done)
        {
            Done = Math.Max(Done, done);
            Done = Done >= Last ? Math.Max(Done, PassedOver) : Done;
        }
    }
}
