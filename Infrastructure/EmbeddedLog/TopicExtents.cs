using System.Collections.Concurrent;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.EmbeddedLog;

/// <summary>
/// How much a topic of <c>event_log</c> holds, and that it stays bounded. Events go when every group has committed them: by age, or sooner when there are too many. What a group still
/// wants is never deleted; where that leaves no room, the log refuses.
/// </summary>
internal sealed class TopicExtents(ILogTables tables, EmbeddedLogOptions options, TimeProvider time)
{
    private const int Chunk = 5_000;

    // Counted up with each append and set right by each look: exact enough for limits of many.
    private readonly ConcurrentDictionary<string, TopicSize> _sizes = new(StringComparer.Ordinal);

    /// <summary>Throws <see cref="StoreUnavailableException"/> when the topic is full.</summary>
    public async Task EnsureRoomAsync(string topic, TopicSize more, CancellationToken cancellationToken)
    {
        if (Fits(Grow(topic, more)))
        {
            return;
        }

        if (!Fits(await TrimAsync(topic, more, cancellationToken) + more))
        {
            throw new StoreUnavailableException(
                $"The event log is full: {topic} holds {EmbeddedLogOptions.Section}:MaxRecords ({options.MaxRecords}) events or :MaxBytes ({options.MaxBytes}) of events that a consumer group has not committed.");
        }

        Grow(topic, more);
    }

    /// <summary>Deletes what is too old or too much; answers how much is left.</summary>
    /// <param name="room">To be free afterwards.</param>
    public async Task<TopicSize> TrimAsync(string topic, TopicSize room, CancellationToken cancellationToken)
    {
        var old = time.GetUtcNow() - TimeSpan.FromHours(options.RetentionHours);
        var extent = await tables.ReadExtentAsync(topic, cancellationToken);
        var last = extent.First - 1 + Excess(extent.Size + room, extent.RecordBytes);
        while (extent.First <= extent.Last && await tables.DeleteAsync(topic, old, last, Chunk, cancellationToken) == Chunk)
        {
            await Task.Yield();
        }

        return _sizes[topic] = (await tables.ReadExtentAsync(topic, cancellationToken)).Size;
    }

    private bool Fits(TopicSize size) => size.Records <= options.MaxRecords && size.Bytes <= options.MaxBytes;

    /// <summary>How many records of this size are too many.</summary>
    private long Excess(TopicSize size, long recordBytes) =>
        Math.Max(size.Records - options.MaxRecords, recordBytes == 0 ? 0 : (size.Bytes - options.MaxBytes + recordBytes - 1) / recordBytes);

    private TopicSize Grow(string topic, TopicSize more) => _sizes.AddOrUpdate(topic, static (_, added) => added, static (_, size, added) => size + added, more);
}

/// <summary>How much a topic holds.</summary>
internal readonly record struct TopicSize(long Records, long Bytes)
{
    public static TopicSize operator +(TopicSize one, TopicSize other) => new(one.Records + other.Records, one.Bytes + other.Bytes);
}

/// <summary>What a topic's table holds: the first is behind the last when it holds nothing.</summary>
/// <param name="RecordBytes">Of a record, on average over up to 200 that are spread evenly over all.</param>
internal readonly record struct TopicExtent(long First, long Last, long RecordBytes)
{
    public TopicSize Size => new(Last - First + 1, (Last - First + 1) * RecordBytes);
}
