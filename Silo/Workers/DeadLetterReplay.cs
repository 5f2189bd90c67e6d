using System.Text;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.CloudEvents;
using Chat4All.Silo.Workers.Deliveries;

namespace Chat4All.Silo.Workers;

/// <inheritdoc cref="IDeadLetterReplay" />
internal sealed class DeadLetterReplay(IDeadLetterStore store, IEventLog eventLog, IFileStore files, IEnumerable<IBatchHandler> handlers, TimeProvider time) : IDeadLetterReplay
{
    /// <summary>How long what a handler leaves behind may take, before the caller is told to try again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task ReplayAsync(DeadLetter letter, AuditEntry entry, CancellationToken cancellationToken)
    {
        if (letter.ReplayedAt is not null)
        {
            return;
        }

        if (letter.Topic == Topics.FileProcessing)
        {
            await ReopenMergeAsync(letter.Key, cancellationToken);
        }

        // From here on a caller that hangs up ends nothing: what was put back must be marked as such.
        var one = CloudEventJson.Read(Encoding.UTF8.GetBytes(letter.Event));
        if (letter.Topic == Topics.MessageProcessing && eventLog.IncludesOutbox)
        {
            await HandOverAsync(letter, one);
        }
        else
        {
            // Its consumers know the event by its id; what must happen again although it happened says so itself.
            await eventLog.AppendAsync(letter.Topic, [(one.Type == DeliveryRequest.Type ? DeliveryRequest.Replayed(one) : one) with { IsRepeat = true }], CancellationToken.None);
        }

        await store.MarkReplayedAsync(letter, entry, CancellationToken.None);
    }

    /// <summary>An outbox row is where it is in the log: the event goes straight to those who gave it up.</summary>
    private async Task HandOverAsync(DeadLetter letter, LogEvent one)
    {
        var handler = handlers.FirstOrDefault(handler => handler.Topic == letter.Topic && handler.Group == letter.Group)
            ?? throw ChatException.Conflict(ErrorCodes.NotReplayable, "Nobody reads for this group any more.");
        await handler.HandleAsync([new LogRecord(letter.Topic, 0, 0, one)], CancellationToken.None);
        try
        {
            await handler.Settled.WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            throw ChatException.Unavailable(ErrorCodes.Overloaded, "What follows from the event could not be put into the log yet.");
        }
    }

    /// <summary>A merge that was given up failed its upload: it must be under way again for the event to mean anything.</summary>
    private async Task ReopenMergeAsync(string fileId, CancellationToken cancellationToken)
    {
        var file = await files.CloseAsync(fileId, StorageKeys.NewObject(time), contentSha256: null, time.GetUtcNow(), cancellationToken);
        if (file?.Status is not (FileStatus.Merging or FileStatus.Completed))
        {
            throw ChatException.Conflict(ErrorCodes.NotReplayable, "The upload has expired or was refused.");
        }
    }
}
