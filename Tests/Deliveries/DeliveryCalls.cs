using System.Net;
using System.Text.Json;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Deliveries;

/// <summary>The calls of the wire contract about deliveries.</summary>
internal static class DeliveryCalls
{
    /// <summary>Sends a text out on the channels.</summary>
    public static Task<JsonElement> SendOutAsync(this HubClient user, string conversationId, string messageId, params string[] channels) =>
        user.PostAsync(
            "/v1/messages",
            new { message_id = messageId, conversation_id = conversationId, channels, payload = new { type = "text", text = "Hello" } },
            HttpStatusCode.Accepted);

    /// <summary>The deliveries of a message.</summary>
    public static async Task<IReadOnlyList<JsonElement>> DeliveriesAsync(this HubClient user, string messageId) =>
        [.. (await user.GetAsync($"/v1/messages/{messageId}/deliveries")).GetProperty("deliveries").EnumerateArray()];

    /// <summary>Waits until every delivery of a message has this status.</summary>
    public static Task UntilDeliveriesAsync(this HubClient user, string messageId, string status, TimeSpan? deadline = null) => Eventually.HoldsAsync(
        $"the deliveries of {messageId} are {status}",
        async () => await user.DeliveriesAsync(messageId) is { Count: > 0 } deliveries && deliveries.All(one => one.Text("status") == status),
        deadline);

    public static string Text(this JsonElement element, string field) => element.GetProperty(field).GetString()!;
}
