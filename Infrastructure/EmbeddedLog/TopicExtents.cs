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

    // Counted up with each append and set right by each look: exact enough for a limit of many.
    private readonly ConcurrentDictionary<string, long> _records = new(StringComparer.Ordinal);

    /// <summary>Throws <see cref="StoreUnavailableException"/> when the topic is full.</summary>
    public async Task EnsureRoomAsync(string topic, int events, CancellationToken cancellationToken)
    {
        if (_records.AddOrUpdate(topic, static (_, more) => more, static (_, records, more) => records + more, (long)events) <= options.MaxRecords)
        {
            return;
        }

        if (await TrimAsync(topic, events, cancellationToken) + events > options.MaxRecords)
        {
            throw new StoreUnavailableException(
                $"The event log is full: {topic} holds {EmbeddedLogOptions.Section}:MaxRecords ({options.MaxRecords}) events that a consumer group has not committed.");
        }

        _records.AddOrUpdate(topic, static (_, more) => more, static (_, records, more) => records + more, (long)events);
    }

    /// <summary>Deletes what is too old or too much; answers how many records are left.</summary>
    public async Task<long> TrimAsync(string topic, int room, CancellationToken cancellationToken)
    {
        var old = time.GetUtcNow() - TimeSpan.FromHours(options.RetentionHours);
        var (first, last) = await tables.ReadExtentAsync(topic, cancellationToken);
        while (first <= last && await tables.DeleteAsync(topic, old, last + room - options.MaxRecords, Chunk, cancellationToken) == Chunk)
        {
            await Task.Yield();
        }

        (first, last) = await tables.ReadExtentAsync(topic, cancellationToken);
        return _records[topic] = last - first + 1;
    }
}
