using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;
using Microsoft.Extensions.Logging;

namespace Chat4All.Infrastructure.EmbeddedLog;

/// <summary>
/// A member of a group. Woken by the topic's signal; commits are gathered for a moment, because losing the last of them only means repeats. On a database that other processes share
/// it keeps its partitions by a lease, which another member may take over when it is not renewed.
/// </summary>
internal sealed partial class EmbeddedConsumer : ILogConsumer
{
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(3);

    private readonly ILogTables _tables;
    private readonly GroupMember _member;
    private readonly int _partitions;
    private readonly TopicSignal _signal;
    private readonly OutboxTail? _tail;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Action<EmbeddedConsumer> _onLeave;
    private readonly Assignment _assignment = new();
    private readonly CancellationTokenSource _leaving = new();
    private readonly CancellationToken _left;
    private (long Signal, int Assignment) _seen = (-1, -1);
    private int _storesSoon;
    private bool _joined;
    private Task _renewing = Task.CompletedTask;
    private Task _storing = Task.CompletedTask;

    public EmbeddedConsumer(ILogTables tables, GroupMember member, int partitions, TopicSignal signal, OutboxTail? tail, TimeProvider time, ILogger log, Action<EmbeddedConsumer> onLeave)
    {
        (_tables, _member, _partitions, _signal, _tail, _time, _log, _onLeave) = (tables, member, partitions, signal, tail, time, log, onLeave);
        _left = _leaving.Token;
    }

    public GroupMember Member => _member;

    public async Task<IReadOnlyList<LogRecord>> ReadAsync(int max, CancellationToken cancellationToken)
    {
        await JoinAsync(cancellationToken);
        while (true)
        {
            var (signalled, head) = (_signal.Version, _signal.Head);
            var (after, partitions, version) = _assignment.Next();
            if (_seen == (signalled, version))
            {
                await _signal.WaitAsync(signalled, cancellationToken);
                continue;
            }

            var (page, isLast) = partitions.Length == 0 ? ([], true) : await ReadPageAsync(after, partitions, max, cancellationToken);
            _seen = isLast ? (signalled, version) : (-1, -1);
            var delivered = _assignment.Deliver(page, version);

            // The head was known before the page was read: what is up to it and not in the last page is not in these partitions.
            var hasPassed = isLast && partitions.Length > 0 && _assignment.Reach(head, version);
            if (delivered.Count > 0)
            {
                return delivered;
            }

            if (hasPassed || page.Count > 0)
            {
                // Nobody commits what was only passed over, and while it is not stored it counts as a backlog.
                StoreSoon();
            }
        }
    }

    /// <summary>What follows an offset, and whether that was all there was when it was read.</summary>
    private async Task<(IReadOnlyList<LogRecord> Page, bool IsLast)> ReadPageAsync(long after, short[] partitions, int max, CancellationToken cancellationToken)
    {
        if (_tail?.Read(after, max) is { } recent)
        {
            return (recent, recent[^1].Offset >= _tail.Head);
        }

        var stored = await _tables.ReadAsync(_member.Topic, after, partitions, max, cancellationToken);
        return (stored, stored.Count < max);
    }

    public Task CommitAsync(IReadOnlyList<LogPosition> done, CancellationToken cancellationToken)
    {
        _assignment.Commit(done);
        StoreSoon();
        return Task.CompletedTask;
    }

    /// <summary>A partition is only handed over when nothing of it is outstanding, unless its lease ended.</summary>
    public bool TryHold(LogRecord record) => _assignment.Has(record);

    public void LetGo(LogRecord record)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _renewing;
        await _storing;
        if (_joined && await TryAsync(() => StoreAsync(leaving: true)))
        {
            await TryAsync(() => _tables.LeaveAsync(_member, CancellationToken.None));
        }

        _onLeave(this);
        _leaving.Dispose();
    }

    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        if (_joined)
        {
            return;
        }

        await ShareAsync(cancellationToken);
        _joined = true;
        if (_tables.IsShared)
        {
            _renewing = RenewAsync();
        }
    }

    private async Task ShareAsync(CancellationToken cancellationToken)
    {
        if (_assignment.Apply(await _tables.ShareAsync(_member, _partitions, _assignment.Released(), cancellationToken)))
        {
            _signal.Raise();
        }
    }

    /// <summary>Keeps the lease, and with it the share of the partitions that fits the number of members.</summary>
    private async Task RenewAsync()
    {
        while (await DelayAsync(Renewal))
        {
            await TryAsync(async () =>
            {
                await StoreAsync(leaving: false);
                await ShareAsync(CancellationToken.None);
            });
        }
    }

    private void StoreSoon()
    {
        if (Interlocked.Exchange(ref _storesSoon, 1) == 0)
        {
            _storing = StoreSoonAsync();
        }
    }

    private async Task StoreSoonAsync()
    {
        do
        {
            await DelayAsync(Gathering);
            Volatile.Write(ref _storesSoon, 0);
        }
        while (!_left.IsCancellationRequested && !await TryAsync(() => StoreAsync(leaving: false)) && await DelayAsync(Renewal));
    }

    private async Task StoreAsync(bool leaving)
    {
        var done = _assignment.Uncommitted(leaving);
        if (done.Length > 0)
        {
            await _tables.CommitAsync(_member, done, CancellationToken.None);
            _assignment.Stored(done);
        }
    }

    private async Task<bool> TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            LogNotStored(_log, _member.Group, _member.Topic, failure);
            return false;
        }
    }

    /// <summary>Waits; false when the consumer leaves meanwhile.</summary>
    private async Task<bool> DelayAsync(TimeSpan delay)
    {
        await Task.Delay(delay, _time, _left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_left.IsCancellationRequested;
    }

    [LoggerMessage(351, LogLevel.Warning, "The event log could not note how far {Group} is on {Topic}; it tries again")]
    private static partial void LogNotStored(ILogger log, string group, string topic, Exception failure);
}
