using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.EmbeddedLog;
using Chat4All.Infrastructure.Kafka;
using Chat4All.Tests.Compliance;
using Chat4All.Tests.Grains;
using Chat4All.Tests.Infrastructure.EventLogs;
using Chat4All.Tests.Infrastructure.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat4All.Tests.Kafka;

public sealed class SqliteHandoverTests() : EmbeddedHandoverTests(new SqliteStoreFixture());

public sealed class PostgresHandoverTests() : EmbeddedHandoverTests(new PostgresStoreFixture());

/// <summary>Changing from the embedded log to another, on either kind of store.</summary>
public abstract class EmbeddedHandoverTests(StoreFixture store) : IAsyncLifetime
{
    public Task InitializeAsync() => store.InitializeAsync();

    public Task DisposeAsync() => store.DisposeAsync();

    [SkippableFact]
    public async Task What_not_every_group_has_done_goes_over_once()
    {
        store.Require();
        await using var services = store.Build(static services => services.AddEmbeddedLog(new EmbeddedLogOptions { Partitions = 2 }));
        var embedded = services.GetRequiredService<IEventLog>();
        var users = await store.Users.AddUsersAsync(2);
        var conversation = (await store.Conversations.AddConversationAsync(users)).ConversationId;
        var messages = Enumerable.Range(1, 6).Select(seq => StoreTestData.Message(conversation, seq, users[0])).ToArray();
        await services.GetRequiredService<IConversationStore>().AppendAsync([StoreTestData.Append(conversation, 0, messages)], CancellationToken.None);
        await embedded.AppendAsync(Topics.FileProcessing, KafkaLog.Events("upload", 5), CancellationToken.None);
        await embedded.AppendAsync(Topics.MessageProcessingDeadLetters, KafkaLog.Events("nobody-reads", 5), CancellationToken.None);
        await WorkAsync(embedded, Topics.MessageProcessing, "router", read: 6, done: 4);
        await WorkAsync(embedded, Topics.MessageProcessing, "webhooks", read: 6, done: 5);
        await WorkAsync(embedded, Topics.FileProcessing, "merge", read: 5, done: 2);
        var other = new RecordingEventLog();
        var handover = new EmbeddedHandover(services.GetRequiredService<ILogTables>(), other, NullLogger<EmbeddedHandover>.Instance);

        await handover.StartingAsync(CancellationToken.None);
        await handover.StartingAsync(CancellationToken.None);

        var waiting = await store.Outbox.LoadUnpublishedAsync(conversation, 10, CancellationToken.None);
        Assert.Equal([5L, 6L], waiting.Select(static row => row.Seq));
        Assert.Equal(KafkaLog.Events("upload", 3, from: 3).Select(static e => e.Id), other.Events.Select(static e => e.Id));
    }

    [SkippableFact]
    public async Task Rows_that_no_group_ever_read_wait_for_the_other_log_too()
    {
        store.Require();
        await using var services = store.Build(static services => services.AddEmbeddedLog(new EmbeddedLogOptions()));
        var users = await store.Users.AddUsersAsync(2);
        var conversation = (await store.Conversations.AddConversationAsync(users)).ConversationId;
        await services.GetRequiredService<IConversationStore>()
            .AppendAsync([StoreTestData.Append(conversation, 0, [StoreTestData.Message(conversation, 1, users[0])])], CancellationToken.None);

        await new EmbeddedHandover(services.GetRequiredService<ILogTables>(), new RecordingEventLog(), NullLogger<EmbeddedHandover>.Instance).StartingAsync(CancellationToken.None);

        Assert.Single(await store.Outbox.LoadUnpublishedAsync(conversation, 10, CancellationToken.None));
    }

    private static async Task WorkAsync(IEventLog log, string topic, string group, int read, int done)
    {
        await using var consumer = log.Join(topic, group);
        var records = await consumer.ReadManyAsync(read);
        await consumer.CommitAsync(records.Take(done));
    }
}
