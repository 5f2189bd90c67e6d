using System.Text.Json;
using System.Text.Json.Serialization;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Api;

/// <summary>Asks for a conversation.</summary>
internal sealed record ConversationRequest
{
    /// <summary><c>private</c> (exactly two members) or <c>group</c> (3 to 100).</summary>
    public string? Type { get; init; }

    /// <summary>User ids, the caller among them.</summary>
    public string?[]? Members { get; init; }

    /// <summary>Any JSON object, up to 16 KiB: name, description, …</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>The client's own id for it; made by the server when absent.</summary>
    public string? ConversationId { get; init; }
}

/// <summary>Changes a conversation: an RFC 7396 merge patch of its metadata.</summary>
internal sealed record ConversationPatch
{
    public JsonElement? Metadata { get; init; }
}

/// <summary>Adds members to a group: one <c>user_id</c> or several <c>members</c>.</summary>
internal sealed record MembersRequest
{
    public string? UserId { get; init; }

    public string?[]? Members { get; init; }
}

/// <summary>Marks as read.</summary>
internal sealed record ReadRequest
{
    /// <summary>0 or more; default: everything.</summary>
    public long? UpToSeq { get; init; }
}

/// <summary>A conversation as its members see it.</summary>
internal sealed record ConversationAnswer
{
    public required string ConversationId { get; init; }

    public required string Type { get; init; }

    public required IReadOnlyList<string> Members { get; init; }

    public required RawJson Metadata { get; init; }

    public required long LastSeq { get; init; }

    public required DateTime CreatedAt { get; init; }

    public static ConversationAnswer From(ConversationView view) => new()
    {
        ConversationId = view.ConversationId,
        Type = TypeName(view.Type),
        Members = view.Members,
        Metadata = new RawJson(view.Metadata),
        LastSeq = view.LastSeq,
        CreatedAt = view.CreatedAt.UtcDateTime,
    };

    public static string TypeName(ConversationType type) => type == ConversationType.Private ? "private" : "group";
}

/// <summary>A row of the caller's list of conversations.</summary>
internal sealed record ConversationListItem
{
    public required string ConversationId { get; init; }

    public required string Type { get; init; }

    public required IReadOnlyList<string> Members { get; init; }

    public required RawJson Metadata { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public LastMessage? LastMessage { get; init; }

    public required long LastSeq { get; init; }

    public required long LastReadSeq { get; init; }

    public required long UnreadCount { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime UpdatedAt { get; init; }

    public static ConversationListItem From(ConversationSummary summary)
    {
        var conversation = summary.Conversation;
        return new ConversationListItem
        {
            ConversationId = conversation.ConversationId,
            Type = ConversationAnswer.TypeName(conversation.Type),
            Members = [.. conversation.Members.Select(member => member.UserId)],
            Metadata = new RawJson(conversation.Metadata),
            LastMessage = summary.LastMessage is { } last ? Api.LastMessage.Of(last) : null,
            LastSeq = conversation.LastSeq,
            LastReadSeq = summary.LastReadSeq,
            UnreadCount = summary.UnreadCount,
            CreatedAt = conversation.CreatedAt.UtcDateTime,
            UpdatedAt = conversation.LastActivityAt.UtcDateTime,
        };
    }
}

/// <summary>The newest message of a conversation, in short.</summary>
internal sealed record LastMessage
{
    private const int PreviewLength = 120;

    public required string MessageId { get; init; }

    public required long Seq { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? From { get; init; }

    /// <summary>The first 120 characters of the text, the file id, or the system event.</summary>
    public required string Preview { get; init; }

    public required DateTime CreatedAt { get; init; }

    public static LastMessage Of(StoredMessage message) => new()
    {
        MessageId = message.MessageId,
        Seq = message.Seq,
        From = message.SenderId,
        Preview = Shorten(MessagePayload.Preview(message.Kind, message.Payload)),
        CreatedAt = message.CreatedAt.UtcDateTime,
    };

    private static string Shorten(string text)
    {
        if (text.Length <= PreviewLength)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[PreviewLength - 1]) ? PreviewLength - 1 : PreviewLength;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}

/// <summary>A page of conversations, newest activity first.</summary>
internal sealed record ConversationList(IReadOnlyList<ConversationListItem> Conversations, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextCursor);

/// <summary>How far the caller has read.</summary>
internal sealed record ReadAnswer(string ConversationId, long LastReadSeq, DateTime ReadAt);
