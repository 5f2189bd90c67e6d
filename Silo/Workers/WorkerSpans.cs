using System.Diagnostics;
using Chat4All.Grains;
using Chat4All.Grains.Ports;

namespace Chat4All.Silo.Workers;

/// <summary>Spans of a worker: each continues the trace of whoever caused its record. Names and tags as in OpenTelemetry's conventions for messaging.</summary>
internal sealed class WorkerSpans(string topic, string group)
{
    private readonly string _name = $"process {topic}";

    /// <summary>Starts the span of one record, as the current one; null when nobody listens or the record was not traced.</summary>
    public Activity? Start(LogRecord record)
    {
        if (!Telemetry.Activities.HasListeners() || !ActivityContext.TryParse(record.Event.TraceParent, null, isRemote: true, out var cause))
        {
            return null;
        }

        return Telemetry.Activities.StartActivity(_name, ActivityKind.Consumer, cause)?
            .SetTag("messaging.system", "chat4all")
            .SetTag("messaging.operation.type", "process")
            .SetTag("messaging.destination.name", topic)
            .SetTag("messaging.destination.partition.id", record.Partition)
            .SetTag("messaging.consumer.group.name", group)
            .SetTag("chat4all.event_type", record.Event.Type);
    }

    /// <summary>Starts a span for each record of a batch that is traced. What the handler does for all of them at once counts as the first one's.</summary>
    public IReadOnlyList<Activity> Start(IReadOnlyList<LogRecord> batch) => SpansOfCauses.Start(batch, Start);

    /// <summary>Notes on a span why its attempt did not succeed.</summary>
    public static void Fail(Activity? span, string? reason)
    {
        if (reason is not null)
        {
            span?.SetStatus(ActivityStatusCode.Error, reason);
        }
    }
}
