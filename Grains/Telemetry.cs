using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Chat4All.Grains;

/// <summary>The hub's own spans and instruments. Names are those that operators see; no label ever holds an id of a user or a conversation.</summary>
public static class Telemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Chat4All";

    public static readonly ActivitySource Activities = new(Name);

    public static readonly Meter Meter = new(Name);

    /// <summary>W3C trace context for what the current activity causes, to be stored with it; null when it is not recorded, because nobody could look it up.</summary>
    public static string? RecordedTrace => Activity.Current is { Recorded: true } activity ? activity.Id : null;

    /// <summary>Messages committed, duplicates not counted.</summary>
    public static readonly Counter<long> MessagesAccepted = Meter.CreateCounter<long>(
        "chat4all_messages_accepted_total", description: "Messages committed to the store.");

    /// <summary>Messages in one journal transaction.</summary>
    public static readonly Histogram<int> JournalBatchSize = Meter.CreateHistogram(
        "chat4all_journal_batch_size", description: "Messages in one journal transaction.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500] });

    /// <summary>Seconds from handing a batch to the store to its commit.</summary>
    public static readonly Histogram<double> JournalCommitDuration = Meter.CreateHistogram(
        "chat4all_journal_commit_duration_seconds", unit: "s", description: "Time from handing a batch to the store to its commit.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5] });

    /// <summary>Seconds from a message's commit to its event being in the event log.</summary>
    public static readonly Histogram<double> OutboxPublishDelay = Meter.CreateHistogram(
        "chat4all_outbox_publish_delay_seconds", unit: "s", description: "Time from a message being accepted to its event being in the event log.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30] });

    /// <summary>Deliveries that reached a status, by channel and status.</summary>
    public static readonly Counter<long> Deliveries = Meter.CreateCounter<long>(
        "chat4all_delivery_total", description: "Deliveries that reached a status.");

    /// <summary>Events that a worker gave up on, by topic and group.</summary>
    public static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>(
        "chat4all_dead_letters_total", description: "Events that a worker gave up on.");

    /// <summary>Publish attempts that the event log refused.</summary>
    public static readonly Counter<long> OutboxPublishFailures = Meter.CreateCounter<long>(
        "chat4all_outbox_publish_failures_total", description: "Publish attempts that the event log refused.");
}
