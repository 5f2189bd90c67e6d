using System.Text;
using System.Text.Json;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.CloudEvents;
using Confluent.Kafka;

namespace Chat4All.Infrastructure.Kafka;

/// <summary>Events as Kafka's records: the key decides the partition, the value is the CloudEvents envelope, and headers repeat what a reader may want without parsing it.</summary>
internal static class KafkaRecords
{
    private const string TraceParent = "traceparent";
    private const string EventType = "event_type";
    private const string MessageId = "message_id";
    private const string ContentType = "content-type";

    private static readonly byte[] MediaType = Encoding.ASCII.GetBytes(CloudEventJson.MediaType);

    public static Message<string, byte[]> ToMessage(LogEvent one)
    {
        var headers = new Headers { { EventType, Encoding.UTF8.GetBytes(one.Type) }, { ContentType, MediaType } };
        if (one.MessageId is not null)
        {
            headers.Add(MessageId, Encoding.UTF8.GetBytes(one.MessageId));
        }

        if (one.TraceParent is not null)
        {
            headers.Add(TraceParent, Encoding.UTF8.GetBytes(one.TraceParent));
        }

        return new Message<string, byte[]>
        {
            Key = one.Key,
            Value = CloudEventJson.Write(one),
            Headers = headers,
            Timestamp = new Timestamp(one.Time),
        };
    }

    /// <summary>Throws <see cref="JsonException"/> where the value is no envelope of ours.</summary>
    public static LogRecord ToRecord(ConsumeResult<string, byte[]> record) =>
        new(record.Topic, record.Partition.Value, record.Offset.Value, CloudEventJson.Read(record.Message.Value ?? throw new JsonException("The record has no value.")));
}
