using System.Collections.Concurrent;
using System.Text;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Options;
using Orleans;

namespace Chat4All.Silo.Workers.Incoming;

/// <summary>Puts what somebody wrote on a channel into their private conversation with the inbox user.</summary>
internal sealed class Inbox(
    IGrainFactory grains, IConversationReader reader, IChannelAddressStore addresses, IncomingFiles files, IOptions<IncomingOptions> options, TimeProvider time)
{
    private const int MaxCached = 10_000;

    /// <summary>Conversation ids by user. A private conversation is for ever, so what was found stays right.</summary>
    private readonly ConcurrentDictionary<string, string> _conversations = new(StringComparer.Ordinal);

    private string InboxUser => options.Value.InboxUser;

    /// <summary>
    /// Appends the message, once however often it comes, and answers null; or how long to wait for a file before it is called again. Throws <c>no_inbox_user</c>, <c>user_not_found</c> when the
    /// inbox user is none, and <c>message_id_conflict</c> when somebody else has a message of the id.
    /// </summary>
    public async Task<TimeSpan?> DeliverAsync(CallProgress call, IncomingMessage message, UserProfile sender, CancellationToken cancellationToken)
    {
        if (InboxUser.Length == 0)
        {
            throw ChatException.NotFound("no_inbox_user", "Channels:InboxUser is not set.");
        }

        if (InboxUser == sender.UserId)
        {
            throw ChatException.Conflict("sender_is_inbox_user", "The inbox user has no conversation with itself.");
        }

        var conversationId = await FindConversationAsync(sender.UserId, cancellationToken);
        var channels = await ChannelsAsync(call.Channel, cancellationToken);
        foreach (var part in MessageParts.Of(message))
        {
            var id = IncomingIds.Message(call.Channel, message.ExternalId, part.Part);
            var fileId = IncomingIds.File(id);
            var file = IncomingFile.Never;
            if (part.Media is { } media)
            {
                if (await reader.FindMessageAsync(id, cancellationToken) is not null)
                {
                    // Taken before, with its file or without.
                    continue;
                }

                file = await files.TakeAsync(call, fileId, media, conversationId, sender.UserId, cancellationToken);
                if (file.Wait is not null)
                {
                    return file.Wait;
                }
            }

            await SendAsync(conversationId, sender, new SendMessage
            {
                MessageId = id,
                SenderId = sender.UserId,
                SenderName = sender.Name,
                Kind = file.IsHere ? PayloadKind.File : PayloadKind.Text,
                Payload = file.IsHere ? MessagePayload.File(fileId) : MessagePayload.Text(part.Text),
                Channels = channels,
                Metadata = MetadataOf(call.Channel, message.ExternalId),
            }, cancellationToken);
        }

        return null;
    }

    private static string MetadataOf(string channel, string externalId) => Encoding.UTF8.GetString(EventJson.Write((channel, externalId), static (json, m) =>
    {
        json.WriteString("channel"u8, m.channel);
        json.WriteString("external_id"u8, m.externalId);
    }));

    private async Task SendAsync(string conversationId, UserProfile sender, SendMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await grains.GetGrain<IConversationGrain>(conversationId).Send(message, cancellationToken);
        }
        catch (ChatException conflict) when (conflict.Error.Code == ErrorCodes.MessageIdConflict)
        {
            // The same message comes again, but the inbox user's channels have changed since; or the id is taken by a stranger's.
            if (await reader.FindMessageAsync(message.MessageId, cancellationToken) is not { } stored || stored.ConversationId != conversationId || stored.SenderId != sender.UserId)
            {
                throw;
            }
        }
    }

    private async Task<string> FindConversationAsync(string userId, CancellationToken cancellationToken)
    {
        if (_conversations.TryGetValue(userId, out var known))
        {
            return known;
        }

        var command = new CreateConversation { CreatorId = InboxUser, Type = ConversationType.Private, Members = [InboxUser, userId], Metadata = "{}" };
        CreatedConversation created;
        try
        {
            created = await grains.GetGrain<IConversationGrain>(IncomingIds.Conversation(userId, InboxUser)).Create(command, cancellationToken);
        }
        catch (ChatException taken) when (taken.Error.Code == ErrorCodes.ConversationIdConflict)
        {
            created = await grains.GetGrain<IConversationGrain>(Ids.New(time)).Create(command, cancellationToken);
        }

        if (_conversations.Count >= MaxCached)
        {
            _conversations.Clear();
        }

        return _conversations[userId] = created.Conversation.ConversationId;
    }

    /// <summary>Where the inbox user is reached beside the sockets: the channels linked, but for the one that the message came on. Without any, in the app alone.</summary>
    private async Task<Channels> ChannelsAsync(string from, CancellationToken cancellationToken)
    {
        var linked = Channels.None;
        foreach (var address in await addresses.FindAsync([InboxUser], channel: null, cancellationToken))
        {
            linked |= address.Channel == from ? Channels.None : ChannelNames.Parse(address.Channel);
        }

        return linked == Channels.None ? Channels.Chat4All : linked;
    }
}
