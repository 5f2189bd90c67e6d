using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Journal;

/// <summary>An append on its way: drafts, the rows of the current attempt and what is already settled. Belongs to the writer once queued.</summary>
internal sealed class PendingAppend(ConversationAppender appender, MessageDraft[] drafts)
    : TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private readonly AppendedMessage[] _settled = new AppendedMessage[drafts.Length];
    private readonly NewMessage?[] _placed = new NewMessage?[drafts.Length];
    private int _open = drafts.Length;

    public ConversationAppender Appender => appender;

    public MessageDraft[] Drafts => drafts;

    /// <summary>True once every draft has its answer.</summary>
    public bool IsSettled => _open == 0;

    public bool IsOpen(int index) => _settled[index] is { Message: null, Error: null };

    /// <summary>The row of the current attempt, if the draft takes part in it.</summary>
    public NewMessage? Placed(int index) => _placed[index];

    public void Place(int index, NewMessage? row) => _placed[index] = row;

    /// <summary>Everything that took part in the attempt is written.</summary>
    public void Commit()
    {
        for (var i = 0; i < drafts.Length; i++)
        {
            if (_placed[i] is { } row)
            {
                Settle(i, new AppendedMessage(row.Message, row.Outbox, null));
                _placed[i] = null;
            }
        }
    }

    /// <summary>A message with the draft's id is stored: the first answer again, or a conflict.</summary>
    public void SettleExisting(int index, StoredMessage stored) => Settle(
        index,
        drafts[index].IsSameAs(stored, appender.ConversationId)
            ? new AppendedMessage(stored, null, null)
            : new AppendedMessage(null, null, new ChatError(ChatErrorKind.Conflict, ErrorCodes.MessageIdConflict, "This message id is taken by another message.", "message_id")));

    /// <summary>Gives the grain its answer.</summary>
    public void Complete() => TrySetResult(new AppendResult(false, _settled));

    /// <summary>Tells the grain to reload and try again. What was settled before is found again by its id.</summary>
    public void CompleteFenced() => TrySetResult(new AppendResult(true, []));

    private void Settle(int index, AppendedMessage outcome)
    {
        _settled[index] = outcome;
        _open--;
    }
}
