using Chat4All.Grains.Abstractions;
using Chat4All.Tests.Infrastructure.Stores;
using Xunit;
using Xunit.Abstractions;
using static Chat4All.Tests.Compliance.DeliveryTestData;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>
/// Generated updates, in and out of order, against the store and a model of a few lines. A failure prints its seed; put it into <c>CHAT4ALL_TEST_SEED</c> to run that very history again.
/// </summary>
public abstract class DeliveryPropertyCompliance(StoreFixture fixture, ITestOutputHelper output)
{
    private const int Histories = 8;
    private const int Steps = 60;
    private static readonly string[] Recipients = ["a", "b", "c"];

    [SkippableFact]
    public async Task Whatever_is_reported_the_store_agrees_with_the_model()
    {
        fixture.Require();
        if (int.TryParse(Environment.GetEnvironmentVariable("CHAT4ALL_TEST_SEED"), out var seed))
        {
            await RunAsync(seed);
            return;
        }

        for (var history = 0; history < Histories; history++)
        {
            await RunAsync(Random.Shared.Next());
        }
    }

    private async Task RunAsync(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var (conversationId, ids) = await fixture.AddDeliveriesAsync(4, Recipients);
        var model = new Model(ids, Recipients);
        var now = Start.AddDays(1);
        for (var step = 0; step < Steps; step++)
        {
            now = now.AddSeconds(random.Next(1, 10));
            var updates = Generate(random, ids, now);
            var expected = model.Apply(updates, now);

            var changes = await fixture.Deliveries.RecordAsync(updates, now, CancellationToken.None);

            Assert.Equal(expected, changes.Messages.Select(static change => (change.Message.MessageId, change.From, change.To)).OrderBy(static change => change.MessageId, StringComparer.Ordinal));
        }

        Assert.Equal(model.Deliveries(), (await fixture.Reader.ListDeliveriesAsync(ids, CancellationToken.None)).Select(static d => (d.MessageId, d.Recipient, d.Status)));
        foreach (var id in ids)
        {
            Assert.Equal(model.Status(id), (await fixture.Reader.FindMessageAsync(id, CancellationToken.None))!.Status);
        }

        var events = await fixture.QueryAsync($"select count(*) from outbox_events where conversation_id = '{conversationId}' and event_type <> 'message.created'");
        Assert.Equal((long)model.Events, events[0][0]);
    }

    private static DeliveryUpdate[] Generate(Random random, string[] ids, DateTimeOffset now)
    {
        var all = ids.SelectMany(static _ => Recipients, static (id, recipient) => (id, recipient)).ToArray();
        random.Shuffle(all);
        return [.. all.Take(random.Next(1, 6)).Select(one =>
            Update(one.id, one.recipient, (MessageStatus)random.Next(5), at: now.AddSeconds(random.Next(-20, 1)), attempts: random.Next(4)))];
    }

    private sealed class Model(string[] ids, string[] recipients)
    {
        private readonly SortedDictionary<(string Id, string Recipient), (MessageStatus Status, int Attempts, DateTimeOffset At)> _deliveries = new(
            ids.SelectMany(_ => recipients, static (id, recipient) => (id, recipient)).ToDictionary(static key => key, static _ => (MessageStatus.Accepted, 0, Start)));

        public int Events { get; private set; }

        public MessageStatus Status(string id)
        {
            var alive = _deliveries.Where(one => one.Key.Id == id && one.Value.Status != MessageStatus.Failed).Select(static one => one.Value.Status).ToList();
            return alive.Count == 0 ? MessageStatus.Failed : alive.Min();
        }

        public IEnumerable<(string, string, MessageStatus)> Deliveries() =>
            _deliveries.OrderBy(static one => one.Key.Id, StringComparer.Ordinal).Select(static one => (one.Key.Id, one.Key.Recipient, one.Value.Status));

        public List<(string MessageId, MessageStatus From, MessageStatus To)> Apply(DeliveryUpdate[] updates, DateTimeOffset now)
        {
            var before = ids.ToDictionary(static id => id, Status);
            foreach (var update in updates)
            {
                var key = (update.MessageId, update.Recipient);
                var (status, attempts, at) = _deliveries[key];
                var next = Next(status, at, update);
                if (next != status || update.Attempts > attempts)
                {
                    _deliveries[key] = (next, Math.Max(attempts, update.Attempts), now);
                }
            }

            var changed = ids.Where(id => Status(id) != before[id]).Order(StringComparer.Ordinal).Select(id => (id, before[id], Status(id))).ToList();
            Events += changed.Count;
            return changed;
        }

        private static MessageStatus Next(MessageStatus status, DateTimeOffset at, DeliveryUpdate update)
        {
            if (status == MessageStatus.Failed)
            {
                var overrides = update.Status is MessageStatus.Delivered or MessageStatus.Read || (update.Status == MessageStatus.InTransit && update.At >= at);
                return overrides ? update.Status : status;
            }

            if (update.Status == MessageStatus.Failed)
            {
                return status is MessageStatus.Accepted or MessageStatus.InTransit ? MessageStatus.Failed : status;
            }

            return (MessageStatus)Math.Max((int)status, (int)update.Status);
        }
    }
}
