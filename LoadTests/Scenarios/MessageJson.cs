using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>The body of a message as a client would send it: 100 characters of text, about 230 bytes in all.</summary>
internal static class MessageJson
{
    private static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private const string Text = "The quick brown fox jumps over the lazy dog while the hub keeps every message, once and in order. 42";

    /// <param name="conversationId">Where it goes.</param>
    /// <param name="from">Who sends it.</param>
    /// <param name="channel">Such as <c>chat4all</c>.</param>
    /// <param name="messageId">Null: the server makes one.</param>
    /// <param name="to">The one who gets it; null: every member.</param>
    public static string For(string conversationId, string from, string channel, string? messageId = null, string? to = null) => JsonSerializer.Serialize(
        new { message_id = messageId, conversation_id = conversationId, from, to = to is null ? null : new[] { to }, channels = new[] { channel }, payload = new { type = "text", text = Text } },
        Options);

    public static string Batch(IEnumerable<string> messages) => $$"""{"messages":[{{string.Join(',', messages)}}]}""";
}
