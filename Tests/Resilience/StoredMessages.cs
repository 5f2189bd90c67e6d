using System.Globalization;
using System.Text.Json;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Resilience;

/// <summary>What the server has in the end, compared with what it acknowledged.</summary>
internal static class StoredMessages
{
    /// <summary>
    /// Every acknowledged message is there exactly once with the seq that its sender was told, each conversation counts 1, 2, 3 …,
    /// and within it each sender's messages stand in the order they were sent.
    /// </summary>
    public static async Task AssertNothingLostAsync(Crowd crowd, SendingLoad load)
    {
        var found = new Dictionary<string, SendingLoad.Acknowledged>();
        foreach (var conversation in crowd.Conversations)
        {
            var messages = await crowd.Watcher.ListMessagesAsync(conversation);
            Assert.Equal(Enumerable.Range(1, messages.Count).Select(seq => (long)seq), messages.Select(message => message.GetProperty("seq").GetInt64()));
            foreach (var message in messages)
            {
                Assert.True(found.TryAdd(message.GetProperty("message_id").GetString()!, Read(message)), $"twice: {message}");
            }
        }

        Assert.Equal(load.Total, load.AcknowledgedMessages.Count);
        Assert.Equal(load.Total, found.Count);
        foreach (var (id, acknowledged) in load.AcknowledgedMessages)
        {
            Assert.Equal(acknowledged, found.GetValueOrDefault(id));
        }

        foreach (var own in found.Values.GroupBy(message => (message.Conversation, message.Sender)))
        {
            var numbers = own.OrderBy(message => message.Seq).Select(message => message.Number).ToArray();
            Assert.Equal(numbers.Order(), numbers);
        }
    }

    private static SendingLoad.Acknowledged Read(JsonElement message) => new(
        message.GetProperty("from").GetString()!,
        int.Parse(message.GetProperty("payload").GetProperty("text").GetString()!, CultureInfo.InvariantCulture),
        message.GetProperty("conversation_id").GetString()!,
        message.GetProperty("seq").GetInt64());
}
