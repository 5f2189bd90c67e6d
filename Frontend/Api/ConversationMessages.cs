using System.Globalization;
using Chat4All.Frontend.Auth;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Conversations;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Api;

/// <summary>Pages of a conversation's messages. Seqs have no gaps, so every page is a range of them.</summary>
internal static class ConversationMessages
{
    public static async Task<MessageList> ListAsync(
        string conversationId,
        HttpContext context,
        IConversationReader reader,
        CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var (take, skip, cursor) = Page.Read(context.Request, errors);
        var range = Range.Parse(Page.Number(context.Request, "after_seq", errors), Page.Number(context.Request, "before_seq", errors), cursor, errors);
        errors.ThrowIfAny();
        var conversation = await RequireVisibleAsync(conversationId, context.Caller().UserId, reader, cancellationToken);
        var messages = range.Ascending
            ? await reader.ListAfterAsync(conversationId, range.Seq + skip, long.MaxValue, take, cancellationToken)
            : await reader.ListBeforeAsync(conversationId, Math.Min(range.Seq, conversation.LastSeq + 1) - skip, take, cancellationToken);
        return new MessageList(
            await DescribeAsync(messages, conversation, reader, cancellationToken),
            range.Next(messages, take));
    }

    private static async Task<ConversationRecord> RequireVisibleAsync(
        string conversationId, string callerId, IConversationReader reader, CancellationToken cancellationToken)
    {
        ConversationRules.RequireId(conversationId, "conversation_id");
        var conversation = await reader.FindAsync(conversationId, cancellationToken)
            ?? throw ChatException.NotFound(ErrorCodes.ConversationNotFound, "There is no such conversation.");
        return conversation.Members.Any(member => member.UserId == callerId)
            ? conversation
            : throw ChatException.Forbidden(ErrorCodes.NotAMember, "You are not a member of this conversation.");
    }

    private static async Task<MessageAnswer[]> DescribeAsync(
        IReadOnlyList<StoredMessage> messages, ConversationRecord conversation, IConversationReader reader, CancellationToken cancellationToken)
    {
        string[] routed = [.. messages.Where(message => message.Channels != Channels.Chat4All).Select(message => message.MessageId)];
        var deliveries = routed.Length == 0 ? [] : await reader.ListDeliveriesAsync(routed, cancellationToken);
        var byMessage = deliveries.ToLookup(delivery => delivery.MessageId);
        return [.. messages.Select(message =>
            MessageAnswer.Of(message, MessageStatusRules.Derive(message, conversation.Members), byMessage[message.MessageId]))];
    }

    /// <summary>Where a page starts and which way it goes.</summary>
    private readonly record struct Range(bool Ascending, long Seq)
    {
        public static Range Parse(long? afterSeq, long? beforeSeq, string? cursor, FieldErrors errors)
        {
            if ((afterSeq is null ? 0 : 1) + (beforeSeq is null ? 0 : 1) + (cursor is null ? 0 : 1) > 1)
            {
                errors.Add("cursor", "give one of after_seq, before_seq and cursor");
            }

            if (afterSeq is < 0 or > long.MaxValue / 2)
            {
                errors.Add("after_seq", "must be 0 or more");
            }

            if (beforeSeq < 1)
            {
                errors.Add("before_seq", "must be 1 or more");
            }

            if (cursor is not null)
            {
                var known = cursor.Length > 2 && cursor[1] == ':' && cursor[0] is 'a' or 'b';
                if (known && long.TryParse(cursor.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
                {
                    return new Range(cursor[0] == 'a', seq);
                }

                errors.Add("cursor", "is not a cursor of this list");
            }

            return afterSeq is { } after ? new Range(true, after) : new Range(false, beforeSeq ?? long.MaxValue);
        }

        /// <summary>The cursor of the next page in the same direction; null when this was the last.</summary>
        public string? Next(IReadOnlyList<StoredMessage> page, int limit)
        {
            if (page.Count < limit)
            {
                return null;
            }

            if (Ascending)
            {
                return Paging.Encode(string.Create(CultureInfo.InvariantCulture, $"a:{page[^1].Seq}"));
            }

            return page[0].Seq == 1 ? null : Paging.Encode(string.Create(CultureInfo.InvariantCulture, $"b:{page[0].Seq}"));
        }
    }
}
