using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Stores;

/// <summary>Where a sender's own message moves the sender's read cursor.</summary>
internal readonly record struct SenderCursor(string UserId, long Seq, DateTimeOffset At);

/// <summary>The cursors that one conversation's part of a batch moves.</summary>
internal static class SenderCursors
{
    /// <summary>One cursor a sender, at the newest of the sender's messages.</summary>
    public static IEnumerable<SenderCursor> Of(ConversationAppend append)
    {
        var messages = append.Messages;
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (messages[i].Message is { SenderId: { } sender } message && !SentAgain(messages, i, sender))
            {
                yield return new SenderCursor(sender, message.Seq, message.CreatedAt);
            }
        }
    }

    // A batch holds few messages of one conversation, so looking along it costs less than a set.
    private static bool SentAgain(IReadOnlyList<NewMessage> messages, int index, string sender)
    {
        for (var i = index + 1; i < messages.Count; i++)
        {
            if (messages[i].Message.SenderId == sender)
            {
                return true;
            }
        }

        return false;
    }
}
