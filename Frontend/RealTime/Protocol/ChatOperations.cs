using Chat4All.Frontend.Auth;
using Chat4All.Frontend.RealTime.Connections;
using Chat4All.Frontend.RealTime.Routing;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Orleans;

namespace Chat4All.Frontend.RealTime.Protocol;

/// <summary>What clients can do over a connection, whatever the transport. Refusals are <see cref="ChatException"/>s.</summary>
internal sealed class ChatOperations(
    IGrainFactory grains, MessageIntake intake, IConversationReader reader, Switchboard switchboard, EventLoop loop, Resumption resumption, TokenValidator tokens)
{
    /// <summary>Sends a message; completes when it is durable.</summary>
    public ValueTask<SendReceipt> SendAsync(ChatConnection connection, ReadOnlyMemory<byte> message)
    {
        Require(connection.Caller, Scopes.Write);
        return intake.SendAsync(connection.Caller, message, CancellationToken.None);
    }

    /// <summary>Moves the user's read cursor.</summary>
    public ValueTask<ReadCursor> MarkReadAsync(ChatConnection connection, ConversationData data)
    {
        Require(connection.Caller, Scopes.Write);
        return Grain(data).MarkRead(connection.Caller.UserId, connection.Caller.Name, data.UpToSeq, CancellationToken.None);
    }

    /// <summary>Tells the other members that the user is typing.</summary>
    public ValueTask TypeAsync(ChatConnection connection, ConversationData data)
    {
        Require(connection.Caller, Scopes.Write);
        return Grain(data).Typing(connection.Caller.UserId, connection.Caller.Name, CancellationToken.None);
    }

    /// <summary>Lets a conversation's events through to this connection again.</summary>
    public async Task SubscribeAsync(ChatConnection connection, ConversationData data)
    {
        if (!await loop.Run(() => Subscribe(connection, data.ConversationId!)))
        {
            await RequireMemberAsync(connection, data.ConversationId!);
        }
    }

    /// <summary>Stops a conversation's events on this connection.</summary>
    public async Task UnsubscribeAsync(ChatConnection connection, ConversationData data)
    {
        var followed = await loop.Run(() => Unsubscribe(connection, data.ConversationId!));
        if (!followed)
        {
            await RequireMemberAsync(connection, data.ConversationId!);
        }
    }

    /// <summary>Brings the client up to date, behind resumptions that it asked for before.</summary>
    public Task<IReadOnlyList<ResumeResult>> ResumeAsync(ChatConnection connection, ResumeRequest request)
    {
        var resuming = ResumeBehindAsync(connection.Resuming, connection, request);
        connection.Resuming = resuming;
        return resuming;
    }

    /// <summary>Lets the connection live until a newer token of the same user expires. Throws <c>invalid_token</c>, <c>scope_missing</c>.</summary>
    public async Task AuthenticateAsync(ChatConnection connection, string token)
    {
        var validation = token.Length == 0 ? default : await tokens.ValidateAsync(token, CancellationToken.None);
        if (validation.Caller is not { } caller || caller.UserId != connection.Caller.UserId)
        {
            throw ChatException.Forbidden(Api.ProblemCodes.InvalidToken, "The token is not a valid one of this user.");
        }

        Require(caller, Scopes.Read);
        connection.Extend(caller);
    }

    private static void Require(Caller caller, Scopes scope)
    {
        if (!caller.Scopes.HasFlag(scope))
        {
            throw ChatException.Forbidden(ErrorCodes.ScopeMissing, $"This needs the scope {scope.Text()}.");
        }
    }

    private async Task<IReadOnlyList<ResumeResult>> ResumeBehindAsync(Task before, ChatConnection connection, ResumeRequest request)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await resumption.ResumeAsync(connection, request, CancellationToken.None);
    }

    private bool Subscribe(ChatConnection connection, string conversationId)
    {
        if (connection.Session is not { } session || switchboard.FindFollowed(session, conversationId) is not { } feed)
        {
            return false;
        }

        connection.Stream.Subscribe(feed);
        return true;
    }

    private bool Unsubscribe(ChatConnection connection, string conversationId)
    {
        var followed = connection.Session is { } session && switchboard.FindFollowed(session, conversationId) is not null;
        if (followed)
        {
            connection.Stream.Unsubscribe(conversationId);
        }

        return followed;
    }

    private async Task RequireMemberAsync(ChatConnection connection, string conversationId)
    {
        var conversation = await reader.FindAsync(conversationId, CancellationToken.None)
            ?? throw ChatException.NotFound(ErrorCodes.ConversationNotFound, "There is no such conversation.");
        if (conversation.Members.All(member => member.UserId != connection.Caller.UserId))
        {
            throw ChatException.Forbidden(ErrorCodes.NotAMember, "You are not a member of this conversation.");
        }
    }

    private IConversationGrain Grain(ConversationData data) => grains.GetGrain<IConversationGrain>(data.ConversationId!);
}
