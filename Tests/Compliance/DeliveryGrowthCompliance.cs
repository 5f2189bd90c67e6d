using System.Diagnostics;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Infrastructure.Stores;
using Xunit;
using Xunit.Abstractions;
using static Chat4All.Tests.Compliance.DeliveryTestData;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>Statements prepared while the tables were small must still be look-ups when they are large.</summary>
public abstract class DeliveryGrowthCompliance(StoreFixture fixture, ITestOutputHelper output)
{
    private const int Messages = 20_000;
    private const int Batch = 200;
    private const int Factor = 4;

    [SkippableFact]
    public async Task Updates_are_as_quick_with_20000_messages_as_in_an_empty_store()
    {
        fixture.Require();
        var users = await fixture.Users.AddUsersAsync(3);
        var id = (await fixture.Conversations.AddConversationAsync(users)).ConversationId;
        var scansBefore = await CountScansAsync();
        var times = new List<TimeSpan>();
        for (var written = 0; written < Messages; written += Batch)
        {
            NewMessage[] messages = [.. Enumerable.Range(written + 1, Batch).Select(seq => Message(id, seq, users[0], channels: Channels.WhatsApp))];
            Assert.True((await fixture.Conversations.AppendAsync([Append(id, written, messages)], CancellationToken.None)).Committed);
            var started = Stopwatch.GetTimestamp();
            await fixture.Deliveries.ListMembersAsync([id], CancellationToken.None);
            await fixture.Deliveries.InsertAsync([.. messages.SelectMany(m => users[1..], static (m, user) => new NewDelivery(m.Message.MessageId, user, "whatsapp"))], Start, CancellationToken.None);
            foreach (var status in new[] { MessageStatus.InTransit, MessageStatus.Delivered })
            {
                var changes = await fixture.Deliveries.RecordAsync(
                    [.. messages.SelectMany(m => users[1..], (m, user) => Update(m.Message.MessageId, user, status, externalId: $"{m.Message.MessageId}:{user}"))], Start, CancellationToken.None);
                Assert.Equal((Batch * 2, Batch), (changes.Deliveries.Count, changes.Messages.Count));
            }

            Assert.Single(await fixture.Deliveries.FindByExternalIdsAsync("whatsapp", [$"{messages[0].Message.MessageId}:{users[1]}"], CancellationToken.None));
            times.Add(Stopwatch.GetElapsedTime(started));
        }

        var (first, last) = (Median(times[..(times.Count / 4)]), Median(times[^(times.Count / 4)..]));
        output.WriteLine($"median of {Batch} messages with 2 deliveries and 2 steps each: {first.TotalMilliseconds:0.0} ms at first, {last.TotalMilliseconds:0.0} ms in the end");
        Assert.True(last < Factor * first, $"{first} became {last}");
        Assert.Equal(scansBefore, await CountScansAsync());
    }

    /// <summary>How often a whole table was read so far, where the store counts that.</summary>
    protected virtual Task<long> CountScansAsync() => Task.FromResult(0L);

    private static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);
}
