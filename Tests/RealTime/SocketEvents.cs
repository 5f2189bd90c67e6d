using System.Text.Json;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.RealTime;

/// <summary>What tests ask of the events that a socket got.</summary>
internal static class SocketEvents
{
    /// <summary>Seqs of the conversation's <c>message.created</c> events, in the order of arrival.</summary>
    public static long[] Seqs(this HubSocket socket, string conversationId) =>
        [.. socket.Of("message.created", conversationId).Select(static e => e.GetProperty("data").GetProperty("seq").GetInt64())];

    /// <summary>The conversation's events of a type.</summary>
    public static IEnumerable<JsonElement> Of(this HubSocket socket, string type, string conversationId) =>
        socket.Events.Where(e => HubSocket.TypeOf(e) == type && e.GetProperty("data").TryGetProperty("conversation_id", out var id) && id.GetString() == conversationId);

    /// <summary>Waits for the conversation's message.</summary>
    public static Task<JsonElement> WaitForMessageAsync(this HubSocket socket, string conversationId, long seq, TimeSpan? deadline = null) =>
        socket.WaitForAsync(
            $"message {seq} of {conversationId} among [{string.Join(' ', socket.Seqs(conversationId))}]",
            e => HubSocket.TypeOf(e) == "message.created"
                && e.GetProperty("data").GetProperty("conversation_id").GetString() == conversationId
                && e.GetProperty("data").GetProperty("seq").GetInt64() == seq,
            deadline);

    /// <summary>Sends a frame with a <c>ref</c> and waits for its <c>ack</c> or <c>error</c>.</summary>
    public static async Task<JsonElement> AskAsync(this HubSocket socket, string type, object data)
    {
        var reference = Guid.NewGuid().ToString("N");
        await socket.SendAsync(new { type, @ref = reference, data });
        return await socket.WaitForAsync($"the answer to {type}", e => e.TryGetProperty("ref", out var of) && of.GetString() == reference);
    }

    /// <summary>Waits for the close code that the server gave.</summary>
    public static async Task<int?> WaitForCloseAsync(this HubSocket socket, TimeSpan? deadline = null)
    {
        await Eventually.HoldsAsync("the end of the connection", () => socket.IsOver, deadline);
        return socket.CloseCode;
    }
}
