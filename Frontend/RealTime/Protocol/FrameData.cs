using System.Text.Json;
using System.Text.Json.Serialization;
using Chat4All.Frontend.RealTime.Routing;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.RealTime.Protocol;

/// <summary>The <c>data</c> of <c>subscribe</c>, <c>unsubscribe</c>, <c>typing</c> and <c>read</c>.</summary>
internal sealed record ConversationData
{
    public string? ConversationId { get; init; }

    /// <summary>For <c>read</c>; everything when absent.</summary>
    public long? UpToSeq { get; init; }

    /// <summary>Reads and checks it; a bare id as a string will do. Throws <see cref="ChatException"/>.</summary>
    public static ConversationData Parse(ReadOnlyMemory<byte> data)
    {
        var parsed = data.Span is [(byte)'"', ..]
            ? new ConversationData { ConversationId = FrameJson.Parse(data, FrameJson.Default.String) }
            : FrameJson.Parse(data, FrameJson.Default.ConversationData);
        if (parsed.ConversationId is null || !Ids.IsValid(parsed.ConversationId))
        {
            throw ChatException.Invalid(ErrorCodes.InvalidId, "conversation_id must be an id.", "conversation_id");
        }

        return parsed.UpToSeq is < 0 ? throw ChatException.Invalid(ErrorCodes.ValidationFailed, "up_to_seq must be 0 or more.", "up_to_seq") : parsed;
    }
}

/// <summary>The <c>data</c> of <c>auth</c>.</summary>
internal sealed record AuthData
{
    public string? Token { get; init; }

    /// <summary>Reads it; a missing token is an empty one.</summary>
    public static string Parse(ReadOnlyMemory<byte> data) => FrameJson.Parse(data, FrameJson.Default.AuthData).Token ?? "";
}

/// <summary>The <c>data</c> of <c>resume</c>.</summary>
internal sealed record ResumeData
{
    /// <summary>Conversations in one frame.</summary>
    private const int MaxConversations = 10_000;

    public Dictionary<string, long>? Conversations { get; init; }

    public DateTimeOffset? Since { get; init; }

    /// <summary>Reads and checks it. Throws <see cref="ChatException"/>.</summary>
    public static ResumeRequest Parse(ReadOnlyMemory<byte> data)
    {
        var parsed = FrameJson.Parse(data, FrameJson.Default.ResumeData);
        var conversations = parsed.Conversations ?? [];
        if (conversations.Count == 0 && parsed.Since is null && parsed.Conversations is null)
        {
            throw ChatException.Invalid(ErrorCodes.ValidationFailed, "conversations or since is required.", "conversations");
        }

        if (conversations.Count > MaxConversations || conversations.Any(static c => !Ids.IsValid(c.Key) || c.Value < 0))
        {
            throw ChatException.Invalid(ErrorCodes.ValidationFailed, "conversations must name the last seq, 0 or more, of each of up to 10,000 ids.", "conversations");
        }

        return new ResumeRequest(conversations, parsed.Since);
    }
}

/// <summary>Reading of frames' data.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ConversationData))]
[JsonSerializable(typeof(AuthData))]
[JsonSerializable(typeof(ResumeData))]
internal sealed partial class FrameJson : JsonSerializerContext
{
    /// <summary>Throws <see cref="ChatException"/> <c>validation_failed</c> when the data is absent or of the wrong form.</summary>
    public static T Parse<T>(ReadOnlyMemory<byte> data, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(data.Span, type) ?? throw Wrong(null);
        }
        catch (JsonException wrong)
        {
            throw Wrong(wrong);
        }

        static ChatException Wrong(JsonException? cause) =>
            ChatException.Invalid(ErrorCodes.ValidationFailed, "data is missing or not of the form that this type of frame has.", FieldOf(cause));
    }

    private static string FieldOf(JsonException? cause) => cause?.Path?.TrimStart('$', '.') is { Length: > 0 and <= 100 } path ? $"data.{path}" : "data";
}
