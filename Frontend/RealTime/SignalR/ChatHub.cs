using System.Runtime.InteropServices;
using System.Text.Json;
using Chat4All.Frontend.Auth;
using Chat4All.Frontend.RealTime.Protocol;
using Chat4All.Frontend.RealTime.Routing;
using Microsoft.AspNetCore.SignalR;

namespace Chat4All.Frontend.RealTime.SignalR;

/// <summary>
/// The hub at <c>/hubs/chat</c>. Each method takes one argument, the <c>data</c> of the WebSocket frame of the same purpose; where that is a conversation alone, its id as a string will do.
/// A refusal is a hub error whose text is <c>code: detail</c>.
/// </summary>
internal sealed class ChatHub(ChatOperations operations, OperationErrors errors, Sessions sessions, RealTimeOptions options, RealTimeMetrics metrics, TimeProvider time) : Hub
{
    private SignalRConnection Connection => Context.Features.Get<SignalRConnection>() ?? throw new HubException("not_connected");

    public override async Task OnConnectedAsync()
    {
        if (Context.GetHttpContext()?.FindCaller() is not { } caller || Context.Features.Get<HubConnectionContext>() is not { } context)
        {
            Context.Abort();
            return;
        }

        var connection = new SignalRConnection(context, caller, options, metrics);
        if (await sessions.OpenAsync(connection) is { } refused)
        {
            throw new HubException(refused == CloseCode.TooManyConnections ? "too_many_connections" : "try_again_later");
        }

        Context.Features.Set(connection);
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        if (Context.Features.Get<SignalRConnection>() is { } connection)
        {
            sessions.End(connection);
        }

        return Task.CompletedTask;
    }

    /// <summary>Sends a message: the object of POST /v1/messages.</summary>
    public Task<SendAnswer> Send(JsonElement data) =>
        Answer(data, async (connection, json) => SendAnswer.From(await operations.SendAsync(connection, json)));

    /// <summary>Marks as read: <c>{conversation_id, up_to_seq?}</c>.</summary>
    public Task<ReadAnswer> MarkRead(JsonElement data) =>
        Answer(data, async (connection, json) => ReadAnswer.From(await operations.MarkReadAsync(connection, ConversationData.Parse(json))));

    /// <summary>Tells the others: <c>{conversation_id}</c>.</summary>
    public Task Typing(JsonElement data) =>
        Answer(data, async (connection, json) =>
        {
            await operations.TypeAsync(connection, ConversationData.Parse(json));
            return true;
        });

    /// <summary>Lets a conversation's events through again: <c>{conversation_id}</c>.</summary>
    public Task Subscribe(JsonElement data) =>
        Answer(data, async (connection, json) =>
        {
            await operations.SubscribeAsync(connection, ConversationData.Parse(json));
            return true;
        });

    /// <summary>Stops a conversation's events: <c>{conversation_id}</c>.</summary>
    public Task Unsubscribe(JsonElement data) =>
        Answer(data, async (connection, json) =>
        {
            await operations.UnsubscribeAsync(connection, ConversationData.Parse(json));
            return true;
        });

    /// <summary>Brings the client up to date: <c>{conversations: {id: last_seq}, since?}</c>. Answers when all of it is done.</summary>
    public Task<ResumeAnswer[]> Resume(JsonElement data) =>
        Answer<ResumeAnswer[]>(data, async (connection, json) => [.. (await operations.ResumeAsync(connection, ResumeData.Parse(json))).Select(ResumeAnswer.From)]);

    private async Task<T> Answer<T>(JsonElement data, Func<SignalRConnection, ReadOnlyMemory<byte>, Task<T>> operation)
    {
        var connection = Connection;
        if (!connection.CountFrame(time.GetUtcNow()))
        {
            connection.Close(CloseCode.TooManyFrames);
            throw new HubException("too_many_frames");
        }

        try
        {
            return await operation(connection, JsonMarshal.GetRawUtf8Value(data).ToArray());
        }
        catch (Exception failed)
        {
            var error = errors.Of(failed);
            throw new HubException($"{error.Code}: {error.Detail}");
        }
    }
}
