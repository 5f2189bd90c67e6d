using System.Globalization;
using System.Text.Json.Serialization;
using Chat4All.Frontend.RealTime.Routing;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;

namespace Chat4All.Frontend.RealTime.SignalR;

/// <summary>The result of <c>Send</c>.</summary>
internal sealed record SendAnswer(
    [property: JsonPropertyName("message_id")] string MessageId,
    [property: JsonPropertyName("conversation_id")] string ConversationId,
    [property: JsonPropertyName("seq")] long Seq,
    [property: JsonPropertyName("created_at")] string CreatedAt,
    [property: JsonPropertyName("duplicate")] bool Duplicate)
{
    public static SendAnswer From(SendReceipt receipt) =>
        new(receipt.MessageId, receipt.ConversationId, receipt.Seq, Timestamp.Text(receipt.CreatedAt), receipt.Duplicate);
}

/// <summary>The result of <c>MarkRead</c>.</summary>
internal sealed record ReadAnswer([property: JsonPropertyName("last_read_seq")] long LastReadSeq, [property: JsonPropertyName("read_at")] string ReadAt)
{
    public static ReadAnswer From(ReadCursor cursor) => new(cursor.LastReadSeq, Timestamp.Text(cursor.ReadAt));
}

/// <summary>One conversation in the result of <c>Resume</c>; <c>code</c> is null when it was resumed.</summary>
internal sealed record ResumeAnswer(
    [property: JsonPropertyName("conversation_id")] string ConversationId,
    [property: JsonPropertyName("last_seq")] long LastSeq,
    [property: JsonPropertyName("code")] string? Code)
{
    public static ResumeAnswer From(ResumeResult result) => new(result.ConversationId, result.LastSeq, result.Code);
}

/// <summary>Timestamps as everywhere else.</summary>
internal static class Timestamp
{
    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString(EventJson.TimestampFormat, CultureInfo.InvariantCulture);
}
