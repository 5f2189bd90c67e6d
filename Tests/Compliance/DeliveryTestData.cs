using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Infrastructure.Stores;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>Makes messages with deliveries, and updates of them.</summary>
internal static class DeliveryTestData
{
    public static DeliveryUpdate Update(
        string messageId, string recipient, MessageStatus status, string channel = "whatsapp", DateTimeOffset? at = null, string? externalId = null, string? error = null, int attempts = 0) =>
        new()
        {
            MessageId = messageId,
            Recipient = recipient,
            Channel = channel,
            Status = status,
            At = at ?? Start.AddHours(1),
            ExternalId = externalId,
            Error = error,
            Attempts = attempts,
        };

    /// <summary>A group with one message a delivery set: each goes to every recipient on WhatsApp.</summary>
    public static async Task<(string ConversationId, string[] MessageIds)> AddDeliveriesAsync(this StoreFixture fixture, int messages, params string[] recipients)
    {
        fixture.Require();
        var users = await fixture.Users.AddUsersAsync(3);
        var conversationId = (await fixture.Conversations.AddConversationAsync(users)).ConversationId;
        var appended = Enumerable.Range(1, messages).Select(seq => Message(conversationId, seq, users[0], channels: Channels.WhatsApp)).ToArray();
        await fixture.Conversations.AppendAsync([Append(conversationId, 0, appended)], CancellationToken.None);
        string[] ids = [.. appended.Select(static message => message.Message.MessageId)];
        await fixture.Deliveries.InsertAsync([.. ids.SelectMany(id => recipients.Select(recipient => new NewDelivery(id, recipient, "whatsapp")))], Start, CancellationToken.None);
        return (conversationId, ids);
    }
}
