using Chat4All.Grains.Ports;

namespace Chat4All.Silo.Workers.Incoming;

/// <summary>One message of ours that a platform's message becomes.</summary>
/// <param name="Part">Tells its id from the others'; null for the first.</param>
/// <param name="Text">The text; for a file what stands in for it when it cannot be had.</param>
/// <param name="Media">The file; null for a text.</param>
internal readonly record struct MessagePart(string? Part, string Text, IncomingMedia? Media = null);

/// <summary>Takes a platform's message apart: each file, then the text.</summary>
internal static class MessageParts
{
    /// <summary>Longest text of a message, in characters.</summary>
    private const int MaxText = 16_384;

    public static IEnumerable<MessagePart> Of(IncomingMessage message)
    {
        for (var i = 0; i < message.Media.Count; i++)
        {
            var media = message.Media[i];
            yield return new MessagePart(i == 0 ? null : $"{i}", Shorten($"[{media.Kind}] {media.Filename}".TrimEnd()), media);
        }

        if (message.Text is { Length: > 0 } text)
        {
            yield return new MessagePart(message.Media.Count == 0 ? null : "text", Shorten(text));
        }
        else if (message.Media.Count == 0)
        {
            yield return new MessagePart(null, "[empty]");
        }
    }

    private static string Shorten(string text) =>
        text.Length <= MaxText ? text : text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)];
}
