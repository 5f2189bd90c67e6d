using System.Diagnostics;
using Chat4All.Tests.Infrastructure.Stores;
using Xunit;
using Xunit.Abstractions;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>
/// Fills an empty store to 200,000 messages through one connection. A statement planned while the tables were small must not slow down as they grow, so the
/// last quarter's batches take about as long as the first quarter's: the one place where tests compare times, and they do so generously.
/// </summary>
public abstract class StoreGrowthCompliance(StoreFixture fixture, ITestOutputHelper output)
{
    private const int Messages = 200_000;
    private const int Batch = 500;
    private const int Factor = 4;

    [SkippableFact]
    public async Task Appends_are_as_quick_at_200000_messages_as_in_an_empty_store()
    {
        fixture.Require();
        var users = await fixture.Users.AddUsersAsync(20);
        var ids = new List<string>();
        for (var i = 0; i < 100; i++)
        {
            ids.Add((await fixture.Conversations.AddConversationAsync([.. users.Skip(i % 17).Take(3)])).ConversationId);
        }

        var scansBefore = await CountScansAsync();
        var heads = new long[ids.Count];
        var times = new List<TimeSpan>();
        for (var written = 0; written < Messages; written += Batch)
        {
            var batch = Enumerable.Range(0, ids.Count / 2).Select(i => (i * 2) + (written / Batch % 2)).Select(i =>
            {
                var append = Append(ids[i], heads[i], [.. Enumerable.Range(1, Batch / (ids.Count / 2)).Select(n => Message(ids[i], heads[i] + n, users[(i % 17) + (n % 3)]))]);
                heads[i] += append.Messages.Count;
                return append;
            }).ToList();
            var started = Stopwatch.GetTimestamp();
            Assert.True((await fixture.Conversations.AppendAsync(batch, CancellationToken.None)).Committed);
            times.Add(Stopwatch.GetElapsedTime(started));
        }

        var (first, last) = (Median(times[..(times.Count / 4)]), Median(times[^(times.Count / 4)..]));
        output.WriteLine($"median of a batch of {Batch}: {first.TotalMilliseconds:0.00} ms at first, {last.TotalMilliseconds:0.00} ms in the end");
        Assert.True(last < Factor * first, $"{first} became {last}");
        Assert.Equal(scansBefore, await CountScansAsync());
        Assert.Equal(Messages, heads.Sum());
    }

    /// <summary>How often a whole table was read so far, where the store counts that.</summary>
    protected virtual Task<long> CountScansAsync() => Task.FromResult(0L);

    private static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);
}
