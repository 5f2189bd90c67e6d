using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Stores;

/// <summary>
/// The outbox rows that this process committed last, as records of the log in the same database: its workers get them from here instead of reading back what it has just written.
/// Bounded in number and bytes; what is missing here is in the database.
/// </summary>
internal sealed class OutboxTail(OutboxPlacement placement)
{
    private const int Slots = 4_096;
    private const long MaxBytes = 8 << 20;

    private readonly Lock _lock = new();
    private readonly LogRecord?[] _records = new LogRecord?[Slots];
    private long _oldest;
    private long _head;
    private long _bytes;

    /// <summary>Raised after each commit that placed outbox rows in the log.</summary>
    public TopicSignal Signal { get; } = new();

    /// <summary>The highest offset that is known to be committed; 0 before the first.</summary>
    public long Head
    {
        get
        {
            lock (_lock)
            {
                return _head;
            }
        }
    }

    /// <summary>The rows of a journal batch, in the order in which the stores place them.</summary>
    public static IReadOnlyCollection<OutboxEvent> RowsOf(IReadOnlyList<ConversationAppend> batch)
    {
        var rows = new List<OutboxEvent>();
        foreach (var (message, outbox) in batch.SelectMany(static append => append.Messages))
        {
            rows.Add(RowOf(outbox, message.ConversationId, message.Seq, message.CreatedAt));
        }

        return rows;
    }

    /// <summary>The rows of status changes, in the order in which the stores place them.</summary>
    public static IReadOnlyCollection<OutboxEvent> RowsOf(IReadOnlyList<StatusChange> changes) =>
        [.. changes.Select(static change => RowOf(change.Outbox, change.ConversationId, change.Message.Seq, change.At))];

    /// <summary>A row as the outbox has it.</summary>
    public static OutboxEvent RowOf(OutboxRow outbox, string conversationId, long seq, DateTimeOffset at) => new()
    {
        Id = outbox.Id,
        ConversationId = conversationId,
        Seq = seq,
        AggregateId = outbox.AggregateId,
        EventType = outbox.EventType,
        Payload = outbox.Payload,
        CreatedAt = at,
        TraceParent = outbox.TraceParent,
    };

    /// <summary>Takes the rows of a commit, in the order of their offsets, and wakes those who read. Does nothing where another log takes the rows over.</summary>
    public void Add(long firstOffset, IReadOnlyCollection<OutboxEvent> rows)
    {
        if (!placement.InLog || rows.Count == 0)
        {
            return;
        }

        lock (_lock)
        {
            foreach (var row in rows)
            {
                Put(new LogRecord(Topics.MessageProcessing, placement.Of(row.ConversationId), firstOffset++, row.ToLogEvent()));
            }

            for (; _bytes > MaxBytes && _oldest <= _head; _oldest++)
            {
                Drop(_oldest);
            }
        }

        Signal.Raise();
    }

    /// <summary>Notes, before <see cref="Signal"/> is raised for it, that rows up to <paramref name="head"/> are committed that may not be here.</summary>
    public void Reach(long head)
    {
        lock (_lock)
        {
            _head = Math.Max(_head, head);
        }
    }

    /// <summary>Up to <paramref name="max"/> records that follow <paramref name="after"/> without a gap, of all partitions; null when the next one is not here.</summary>
    public IReadOnlyList<LogRecord>? Read(long after, int max)
    {
        lock (_lock)
        {
            if (Find(after + 1) is null)
            {
                return null;
            }

            var found = new List<LogRecord>();
            while (found.Count < max && Find(++after) is { } next)
            {
                found.Add(next);
            }

            return found;
        }
    }

    private void Put(LogRecord record)
    {
        if (record.Offset <= _head - Slots)
        {
            return;
        }

        var slot = record.Offset % Slots;
        _bytes += record.Event.Data.Length - (_records[slot]?.Event.Data.Length ?? 0);
        _records[slot] = record;
        _head = Math.Max(_head, record.Offset);

        // Commits may be told in another order than that of their offsets.
        _oldest = Math.Max(Math.Min(_oldest, record.Offset), _head - Slots + 1);
    }

    private LogRecord? Find(long offset) => offset > 0 && _records[offset % Slots] is { } record && record.Offset == offset ? record : null;

    private void Drop(long offset)
    {
        if (Find(offset) is { } record)
        {
            _bytes -= record.Event.Data.Length;
            _records[offset % Slots] = null;
        }
    }
}
