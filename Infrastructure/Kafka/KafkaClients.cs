using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Chat4All.Infrastructure.Kafka;

/// <summary>Makes librdkafka's clients with the settings that the guarantees rest on, and takes their logs.</summary>
internal sealed partial class KafkaClients(KafkaOptions options, ILogger<KafkaClients> log)
{
    /// <summary>The longest wait for an answer to a question: metadata, offsets, lag.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Throws <see cref="InvalidOperationException"/> naming a setting that librdkafka does not take.</summary>
    public static void Check(KafkaOptions options)
    {
        try
        {
            // Nobody is asked anything: the clients connect later, if at all.
            using var producer = new ProducerBuilder<Null, Null>(ProducerSettings(options)).SetLogHandler(static (_, _) => { }).Build();
            using var consumer = new ConsumerBuilder<Null, Null>(ConsumerSettings(options, "check")).SetLogHandler(static (_, _) => { }).Build();
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or ArgumentException or KafkaException)
        {
            throw new InvalidOperationException($"{KafkaOptions.Section}:{nameof(KafkaOptions.Client)}: {wrong.Message}", wrong);
        }
    }

    public IProducer<string, byte[]> Producer(Action<Error> onError) => new ProducerBuilder<string, byte[]>(ProducerSettings(options))
        .SetLogHandler(Note)
        .SetErrorHandler((_, error) => onError(error))
        .Build();

    public ConsumerBuilder<string, byte[]> Consumer(string groupId) => new ConsumerBuilder<string, byte[]>(ConsumerSettings(options, groupId)).SetLogHandler(Note);

    public IAdminClient Administration() => new AdminClientBuilder(new AdminClientConfig(Common(options))).SetLogHandler(Note).Build();

    /// <summary>Each topic's consumers are a group of their own, so that a change among one channel's workers never stops another's.</summary>
    public string GroupId(string topic, string group) => string.Join('.', new[] { options.GroupPrefix, group, topic }.Where(static part => part.Length > 0));

    private static ProducerConfig ProducerSettings(KafkaOptions options) => new(Common(options))
    {
        Acks = Acks.All,
        EnableIdempotence = true,

        // An event that is on its way is never dropped before those behind it: what comes after a gap would overtake it. Whoever appends waits only for a while.
        MessageTimeoutMs = 0,
        EnableGaplessGuarantee = true,
        CompressionType = Enum.Parse<CompressionType>(options.Compression, ignoreCase: true),

        // The same partitions as Java's producer.
        Partitioner = Partitioner.Murmur2Random,
        LingerMs = 1,
        QueueBufferingMaxMessages = options.MaxInFlight,
        QueueBufferingMaxKbytes = 262_144,
        DeliveryReportFields = "none",
    };

    private static ConsumerConfig ConsumerSettings(KafkaOptions options, string groupId) => new(Common(options))
    {
        GroupId = groupId,
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        QueuedMinMessages = 10_000,
        QueuedMaxMessagesKbytes = 8_192,
    };

    private static Dictionary<string, string> Common(KafkaOptions options)
    {
        var settings = new Dictionary<string, string>
        {
            ["bootstrap.servers"] = options.BootstrapServers,
            ["client.id"] = "chat4all",

            // Brokers that come back are found within a second.
            ["reconnect.backoff.ms"] = "50",
            ["reconnect.backoff.max.ms"] = "1000",
        };
        foreach (var (key, value) in options.Client)
        {
            settings[key.ToLower(CultureInfo.InvariantCulture)] = value;
        }

        return settings;
    }

    // The client itself must not be asked for anything here: it may be on its way out.
    private void Note(IClient _, LogMessage message)
    {
        // Names of settings that are for the other kind of client are no news: both get all of them.
        var level = message.Facility == "CONFWARN" ? LogLevel.Debug : message.Level switch
        {
            <= SyslogLevel.Error => LogLevel.Warning,
            SyslogLevel.Warning or SyslogLevel.Notice => LogLevel.Information,
            _ => LogLevel.Debug,
        };
        LogClient(log, level, message.Name, message.Facility, message.Message);
    }

    [LoggerMessage(EventId = 3201, Message = "Kafka client {Client}: {Facility} {Message}")]
    private static partial void LogClient(ILogger log, LogLevel level, string client, string facility, string message);
}
