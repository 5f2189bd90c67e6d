using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.EmbeddedLog;

/// <summary>
/// The partitions of one consumer and its place in the topic. A topic is read in one go by offset, whatever the partitions; what a partition had already is passed over, so that the
/// place may go back when a partition joins whose group was further behind.
/// </summary>
internal sealed class Assignment
{
    /// <summary>An idle partition is noted as done up to the place when it is this far behind: rarely, but so that it holds up no retention and no start.</summary>
    private const long IdleLag = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<short, OwnedPartition> _owned = [];
    private readonly Dictionary<short, int> _times = [];
    private long _place = long.MaxValue;
    private int _version;

    /// <summary>What to read next. No partitions: nothing.</summary>
    public (long After, short[] Partitions, int Version) Next()
    {
        lock (_lock)
        {
            return (_place, [.. _owned.Values.Where(static partition => !partition.IsLeaving).Select(static partition => partition.Number)], _version);
        }
    }

    /// <summary>Hands out what was read, unless the partitions have changed since.</summary>
    public IReadOnlyList<LogRecord> Deliver(IReadOnlyList<LogRecord> read, int version)
    {
        lock (_lock)
        {
            if (read.Count == 0 || version != _version)
            {
                return [];
            }

            _place = read[^1].Offset;
            var (fresh, asRead) = (0, 0);
            foreach (var record in read)
            {
                fresh += IsFresh(record) ? 1 : 0;
                asRead += Has(record) ? 1 : 0;
            }

            var delivered = fresh == read.Count ? read : [.. read.Where(IsFresh)];
            foreach (var record in delivered)
            {
                _owned[(short)record.Partition].Deliver(record.Offset);
            }

            return asRead == read.Count ? delivered : [.. delivered.Select(record => record with { Assignment = _owned[(short)record.Partition].Assignment })];
        }
    }

    /// <summary>Notes that nothing up to an offset is left to read, unless the partitions have changed since; true when the place moved.</summary>
    public bool Reach(long offset, int version)
    {
        lock (_lock)
        {
            if (version != _version || offset <= _place)
            {
                return false;
            }

            _place = offset;
            return true;
        }
    }

    /// <summary>Whether the record's partition is still the one that it was read of.</summary>
    public bool Has(LogRecord record)
    {
        lock (_lock)
        {
            return _owned.TryGetValue((short)record.Partition, out var owned) && owned.Assignment == record.Assignment;
        }
    }

    public void Commit(IReadOnlyList<LogPosition> done)
    {
        lock (_lock)
        {
            foreach (var (partition, offset) in done)
            {
                if (_owned.TryGetValue((short)partition, out var owned))
                {
                    owned.Commit(offset);
                }
            }
        }
    }

    /// <summary>What the table does not know yet.</summary>
    public LogPosition[] Uncommitted(bool leaving)
    {
        lock (_lock)
        {
            foreach (var partition in _owned.Values)
            {
                if (!partition.IsLeaving && (leaving || _place - partition.Committed > IdleLag) && _place != long.MaxValue)
                {
                    partition.CatchUp(_place);
                }
            }

            return [.. _owned.Values.Where(static owned => owned.Committed > owned.Stored).OrderBy(static owned => owned.Number)
                .Select(static owned => new LogPosition(owned.Number, owned.Committed))];
        }
    }

    public void Stored(IReadOnlyList<LogPosition> done)
    {
        lock (_lock)
        {
            foreach (var (partition, offset) in done)
            {
                if (_owned.TryGetValue((short)partition, out var owned))
                {
                    owned.Stored = Math.Max(owned.Stored, offset);
                }
            }
        }
    }

    /// <summary>Partitions that others wait for and in which nothing is outstanding.</summary>
    public short[] Released()
    {
        lock (_lock)
        {
            return [.. _owned.Values.Where(static partition => partition is { IsLeaving: true, Outstanding: 0 } && partition.Stored == partition.Committed).Select(static partition => partition.Number)];
        }
    }

    /// <summary>Takes over what the group's table says; true when that changes what is read.</summary>
    public bool Apply(GroupShare share)
    {
        lock (_lock)
        {
            var before = _version;
            var kept = share.Owned.Select(static owned => owned.Partition).ToHashSet();
            foreach (var lost in _owned.Keys.Where(partition => !kept.Contains(partition)).ToArray())
            {
                _owned.Remove(lost);
                _version++;
            }

            foreach (var (number, committed) in share.Owned)
            {
                var isNew = !_owned.TryGetValue(number, out var partition);
                if (isNew)
                {
                    // 0 the first time.
                    _times[number] = _times.TryGetValue(number, out var last) ? last + 1 : 0;
                    _owned.Add(number, partition = new OwnedPartition(number, committed, _times[number]));
                }

                var leaves = share.Excess.Contains(number);
                if (isNew || (partition!.IsLeaving && !leaves))
                {
                    _place = Math.Min(_place, partition!.Delivered);
                    _version++;
                }

                partition!.IsLeaving = leaves;
            }

            return _version != before;
        }
    }

    private bool IsFresh(LogRecord record) => _owned.TryGetValue((short)record.Partition, out var owned) && !owned.IsLeaving && record.Offset > owned.Delivered;
}
