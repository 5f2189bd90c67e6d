using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Infrastructure.EventLogs;

/// <summary>Reads with a deadline.</summary>
internal static class LogReading
{
    /// <summary>Reads until there are so many records. Throws <see cref="OperationCanceledException"/> when they don't come within 30 s.</summary>
    public static async Task<List<LogRecord>> ReadManyAsync(this ILogConsumer consumer, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var records = new List<LogRecord>();
        while (records.Count < count)
        {
            try
            {
                records.AddRange(await consumer.ReadAsync(count - records.Count, patience.Token));
            }
            catch (StoreUnavailableException)
            {
                // As workers do: a server under the load of all tests may be too slow for once.
                patience.Token.ThrowIfCancellationRequested();
            }
        }

        return records;
    }

    /// <summary>Commits up to the last of these records in each partition.</summary>
    public static Task CommitAsync(this ILogConsumer consumer, IEnumerable<LogRecord> done) => consumer.CommitAsync(
        [.. done.GroupBy(static record => record.Partition).Select(static partition => new LogPosition(partition.Key, partition.Max(static record => record.Offset)))], CancellationToken.None);
}
