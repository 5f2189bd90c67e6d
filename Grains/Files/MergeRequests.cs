using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Files;

/// <summary>Asks for merges on the event log. A request that is lost is made again, and one that comes twice finds nothing to do.</summary>
public sealed class MergeRequests(IEventLog log, TimeProvider time)
{
    public Task RequestAsync(FileRecord file, CancellationToken cancellationToken)
    {
        var request = new LogEvent
        {
            Id = Ids.New(time),
            Type = EventTypes.FileMergeRequested,
            Key = file.FileId,
            Time = time.GetUtcNow(),
            Data = EventJson.Write(file, static (json, one) =>
            {
                json.WriteString("file_id"u8, one.FileId);
                json.WriteString("conversation_id"u8, one.ConversationId);
            }),
            TraceParent = Telemetry.RecordedTrace,
        };
        return log.AppendAsync(Topics.FileProcessing, [request], cancellationToken);
    }
}
