using System.Text.Json;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Kafka;

/// <summary>What other clients see of a topic, and what they may put into one.</summary>
[Trait("Category", "Integration")]
public sealed class OtherClientsTests : IAsyncLifetime
{
    private const string Topic = "events";
    private const int Partitions = 6;

    private MockCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await MockCluster.StartAsync();
        await _cluster.AddTopicAsync(Topic, Partitions);
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [SkippableFact]
    public async Task Kcat_reads_the_key_the_headers_and_the_CloudEvents_envelope()
    {
        Shell.Require("kcat");
        await using var kafka = new KafkaLog(_cluster);
        var sent = KafkaLog.Event("conversation-1", 7);
        await kafka.Log.AppendAsync(Topic, [sent], CancellationToken.None);
        using var shell = NewShell();

        var line = await shell.RunAsync("""kcat -b "$SERVERS" -t "$TOPIC" -C -e -q -o beginning -f '%k\t%h\t%s\n' """);

        var parts = line.TrimEnd().Split('\t');
        Assert.Equal("conversation-1", parts[0]);
        Assert.Equal(
            ["content-type=application/cloudevents+json; charset=utf-8", "event_type=test.happened", "message_id=m-7", $"traceparent={sent.TraceParent}"],
            parts[1].Split(',').Order(StringComparer.Ordinal));
        var envelope = JsonElement.Parse(parts[2]);
        Assert.Equal(("1.0", sent.Id, 7), (envelope.GetProperty("specversion").GetString(), envelope.GetProperty("id").GetString(), envelope.GetProperty("data").GetProperty("number").GetInt32()));
    }

    [SkippableFact]
    public async Task The_python_client_reads_it_and_puts_the_same_key_into_the_same_partition()
    {
        using var shell = NewShell();
        Skip.If(await shell.RunAsync("/usr/bin/python3 -c 'import kafka' 2>/dev/null || echo missing") != "", "not installed: python3-kafka (./chat4all test installs what the tests need)");
        await using var kafka = new KafkaLog(_cluster, static options => options with { Compression = "gzip" });
        var keys = Enumerable.Range(0, 30).Select(static i => $"conversation-{i}").ToArray();
        foreach (var key in keys)
        {
            await kafka.Log.AppendAsync(Topic, KafkaLog.Events(key, 2), CancellationToken.None);
        }

        var output = await shell.RunAsync("""
            /usr/bin/python3 - <<'PYTHON'
            import json, os, kafka
            from kafka.partitioner.default import murmur2
            consumer = kafka.KafkaConsumer(bootstrap_servers=os.environ["SERVERS"].split(","), consumer_timeout_ms=10000)
            consumer.assign([kafka.TopicPartition(os.environ["TOPIC"], p) for p in range(int(os.environ["PARTITIONS"]))])
            consumer.seek_to_beginning()
            read = []
            for record in consumer:
                wanted = (murmur2(record.key) & 0x7fffffff) % int(os.environ["PARTITIONS"])
                read.append({"key": record.key.decode(), "headers": {k: v.decode() for k, v in record.headers}, "same": wanted == record.partition,
                             "id": json.loads(record.value)["id"]})
                if len(read) == int(os.environ["RECORDS"]):
                    break
            print(json.dumps(read))
            PYTHON
            """);

        var read = JsonElement.Parse(output).EnumerateArray().ToArray();
        Assert.Equal(keys.Length * 2, read.Length);
        Assert.All(read, static record => Assert.True(record.GetProperty("same").GetBoolean()));
        Assert.All(read, static record => Assert.Equal("test.happened", record.GetProperty("headers").GetProperty("event_type").GetString()));
        Assert.All(keys, key => Assert.Equal([$"{key}-1", $"{key}-2"], read.Where(r => r.GetProperty("key").GetString() == key).Select(static r => r.GetProperty("id").GetString())));
    }

    [SkippableFact]
    public async Task A_record_of_another_writer_that_is_no_event_is_passed_over()
    {
        Shell.Require("kcat");
        using var shell = NewShell();
        await shell.RunAsync("""echo 'conversation-1:not an envelope' | kcat -b "$SERVERS" -t "$TOPIC" -P -K : """);
        await using var kafka = new KafkaLog(_cluster);
        await kafka.Log.AppendAsync(Topic, KafkaLog.Events("conversation-1", 3), CancellationToken.None);
        await shell.RunAsync("""echo 'conversation-1:nor this' | kcat -b "$SERVERS" -t "$TOPIC" -P -K : """);
        await using var consumer = kafka.Log.Join(Topic, "readers");

        var records = await KafkaLog.ReadAsync(consumer, 3);

        Assert.Equal(["conversation-1-1", "conversation-1-2", "conversation-1-3"], records.Select(static r => r.Event.Id));
        await consumer.CommitAsync([records[^1].Position], CancellationToken.None);
        await Eventually.HoldsAsync("nothing is left to do", async () => (await kafka.Log.ReadLagAsync(CancellationToken.None)).Single().Records == 0);
    }

    private Shell NewShell() => new()
    {
        Variables = { ["SERVERS"] = _cluster.BootstrapServers, ["TOPIC"] = Topic, ["PARTITIONS"] = $"{Partitions}", ["RECORDS"] = "60" },
    };
}
