using System.Text;
using Chat4All.Grains;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.CloudEvents;
using Microsoft.Extensions.Logging;

namespace Chat4All.Silo.Workers;

/// <inheritdoc cref="IDeadLetters" />
internal sealed partial class DeadLetters(IDeadLetterStore store, IEventLog eventLog, TimeProvider time, ILogger<DeadLetters> log) : IDeadLetters
{
    private const string EventType = "dead_letter.added";

    public async Task AddAsync(
        LogRecord record, string group, string reason, int attempts, CancellationToken cancellationToken, string? recipient = null, string? channel = null)
    {
        var one = record.Event;
        var letter = new DeadLetter
        {
            Id = Ids.New(time),
            Topic = record.Topic,
            Group = group,
            EventId = one.Id,
            EventType = one.Type,
            Key = one.Key,
            MessageId = one.MessageId,
            Recipient = recipient,
            Channel = channel,
            Reason = reason,
            Attempts = attempts,
            Event = Encoding.UTF8.GetString(CloudEventJson.Write(one)),
            CreatedAt = time.GetUtcNow(),
        };
        await eventLog.AppendAsync(Topics.MessageProcessingDeadLetters, [ToEvent(letter, one)], cancellationToken);
        await store.AddAsync(letter, cancellationToken);
        Telemetry.DeadLetters.Add(1, new("topic", record.Topic), new("group", group));
        LogAdded(log, group, one.Id, record.Topic, attempts, reason);
    }

    private static LogEvent ToEvent(DeadLetter letter, LogEvent one) => new()
    {
        Id = $"{letter.Group}:{letter.EventId}",
        Type = EventType,
        Key = letter.Key,
        MessageId = letter.MessageId,
        Time = letter.CreatedAt,
        TraceParent = one.TraceParent,
        Data = EventJson.Write(letter, static (json, dead) =>
        {
            json.WriteString("topic"u8, dead.Topic);
            json.WriteString("group"u8, dead.Group);
            json.WriteString("reason"u8, dead.Reason);
            json.WriteNumber("attempts"u8, dead.Attempts);
            json.WriteString("recipient"u8, dead.Recipient);
            json.WriteString("channel"u8, dead.Channel);
            json.WritePropertyName("event"u8);
            json.WriteRawValue(dead.Event, skipInputValidation: true);
        }),
    };

    [LoggerMessage(331, LogLevel.Error, "{Group} gave up on event {EventId} of {Topic} after {Attempts} attempts: {Reason}")]
    private static partial void LogAdded(ILogger log, string group, string eventId, string topic, int attempts, string reason);
}
