using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Conversations;

/// <summary>What a message's status is to a reader.</summary>
public static class MessageStatusRules
{
    /// <summary>In-app-only messages have no deliveries: they are delivered at commit and read once every member but the sender has read up to them. Others are as stored.</summary>
    public static MessageStatus Derive(StoredMessage message, IReadOnlyList<MemberRecord> members)
    {
        if (message.Channels != Channels.Chat4All || message.Kind == PayloadKind.System || message.Status != MessageStatus.Delivered)
        {
            return message.Status;
        }

        var readers = 0;
        foreach (var member in members)
        {
            if (member.UserId == message.SenderId)
            {
                continue;
            }

            if (member.LastReadSeq < message.Seq)
            {
                return MessageStatus.Delivered;
            }

            readers++;
        }

        return readers > 0 ? MessageStatus.Read : MessageStatus.Delivered;
    }
}
