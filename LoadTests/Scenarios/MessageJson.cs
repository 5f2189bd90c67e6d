using System.Text.Json;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>The body of a message as a client would send it: 100 characters of text, about 230 bytes in all.</summary>
internal static class MessageJson
{
    private const string Text = "The quick brown fox jumps over the lazy dog while the hub keeps every message, once and in order. 42";

    /// <param name="conversationId">Where it goes.</param>
    /// <param name="from">Who sends it.</param>
    /// <param name="channel">Such as <c>chat4all</c>.</param>
    /// <param name="messageId">Null: the server makes one.</param>
    public static string For(string conversationId, string from, string channel, string? messageId = null)
    {
        var payload = new { type = "text", text = Text };
        string[] channels = [channel];
        return messageId is null
            ? JsonSerializer.Serialize(new { conversation_id = conversationId, from, channels, payload })
            : JsonSerializer.Serialize(new { message_id = messageId, conversation_id = conversationId, from, channels, payload });
    }

    public static string Batch(IEnumerable<string> messages) => $$"""{"messages":[{{string.Join(',', messages)}}]}""";
}
