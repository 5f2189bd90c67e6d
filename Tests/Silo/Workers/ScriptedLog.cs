using System.Collections.Concurrent;
using System.Threading.Channels;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Silo.Workers;

/// <summary>A log of one topic whose pages and failures a test writes down, and which remembers what was committed.</summary>
internal sealed class ScriptedLog : IEventLog
{
    private readonly Channel<Func<LogRecord[]>> _pages = Channel.CreateUnbounded<Func<LogRecord[]>>();
    private readonly ConcurrentQueue<LogPosition> _commits = new();
    private readonly ConcurrentDictionary<int, long> _offsets = new();
    private int _read;

    /// <summary>Every position in the order of the commits.</summary>
    public IReadOnlyList<LogPosition> Commits => [.. _commits];

    /// <summary>What every commit waits for.</summary>
    public TaskCompletionSource? CommitGate { get; set; }

    public int Read => Volatile.Read(ref _read);

    public bool IsDisposed { get; private set; }

    public bool IncludesOutbox => false;

    /// <summary>The last offset committed in a partition; 0 for none.</summary>
    public long Committed(int partition = 0) => _commits.Where(place => place.Partition == partition).Select(static place => place.Offset).LastOrDefault();

    /// <summary>Makes one page of events with these keys; each one's id is its offset.</summary>
    public LogRecord[] Add(params string[] keys) => AddTo(0, keys);

    public LogRecord[] AddTo(int partition, params string[] keys)
    {
        LogRecord[] page = [.. keys.Select(key => Record(partition, _offsets.AddOrUpdate(partition, 1, static (_, last) => last + 1), key))];
        Repeat(page);
        return page;
    }

    public void Repeat(LogRecord[] page) => _pages.Writer.TryWrite(() => page);

    public void Fail(Exception failure) => _pages.Writer.TryWrite(() => throw failure);

    /// <summary>Records read in an earlier one are another member's.</summary>
    public volatile int Assignment;

    public static LogRecord Record(int partition, long offset, string key, string? traceParent = null) => new("topic", partition, offset, new LogEvent
    {
        Id = $"{offset}",
        Type = "test.happened",
        Key = key,
        Time = DateTimeOffset.UnixEpoch,
        Data = "{}"u8.ToArray(),
        TraceParent = traceParent,
    });

    public ILogConsumer Join(string topic, string group) => new Consumer(this);

    public Task AppendAsync(string topic, IReadOnlyList<LogEvent> events, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<ConsumerLag>> ReadLagAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ConsumerLag>>([new ConsumerLag("topic", "group", 42)]);

    public Task PingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private sealed class Consumer(ScriptedLog log) : ILogConsumer
    {
        private readonly Queue<LogRecord> _rest = new();

        public async Task<IReadOnlyList<LogRecord>> ReadAsync(int max, CancellationToken cancellationToken)
        {
            if (_rest.Count == 0)
            {
                var page = await log._pages.Reader.ReadAsync(cancellationToken);
                Array.ForEach(page(), _rest.Enqueue);
            }

            var answer = new List<LogRecord>();
            while (answer.Count < max && _rest.TryDequeue(out var record))
            {
                answer.Add(record);
            }

            Interlocked.Add(ref log._read, answer.Count);
            return answer;
        }

        public async Task CommitAsync(IReadOnlyList<LogPosition> done, CancellationToken cancellationToken)
        {
            if (log.CommitGate is { } gate)
            {
                await gate.Task.WaitAsync(cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            foreach (var place in done)
            {
                log._commits.Enqueue(place);
            }
        }

        public bool TryHold(LogRecord record) => record.Assignment == log.Assignment;

        public void LetGo(LogRecord record)
        {
        }

        public ValueTask DisposeAsync()
        {
            log.IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
