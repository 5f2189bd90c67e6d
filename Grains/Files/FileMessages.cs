using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Files;

/// <summary>The rule for file messages: a completed file of that very conversation.</summary>
internal sealed class FileMessages(IFileStore files)
{
    /// <summary>Throws <c>file_not_found</c> or <c>file_not_completed</c>. Nothing is looked up for any other kind of message.</summary>
    public ValueTask RequireAsync(string conversationId, SendMessage message, CancellationToken cancellationToken) =>
        message.Kind == PayloadKind.File ? LookAsync(conversationId, message.Payload, cancellationToken) : ValueTask.CompletedTask;

    private async ValueTask LookAsync(string conversationId, string payload, CancellationToken cancellationToken)
    {
        var file = await files.FindAsync(MessagePayload.Preview(PayloadKind.File, payload), cancellationToken).Translated();
        if (file is null || file.ConversationId != conversationId)
        {
            throw ChatException.Invalid(ErrorCodes.FileNotFound, "There is no such file in this conversation.", "payload.file_id");
        }

        if (file.Status != FileStatus.Completed)
        {
            throw ChatException.Conflict(ErrorCodes.FileNotCompleted, "The file is not complete yet.");
        }
    }
}
