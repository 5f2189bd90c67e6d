using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chat4All.LoadTests.Baseline;

/// <summary>The body of POST /v1/messages.</summary>
internal sealed record BaselineMessage(
    string? MessageId, string? ConversationId, string? From, IReadOnlyList<string>? Channels, BaselinePayload? Payload, string? Priority);

/// <summary>A text payload.</summary>
internal sealed record BaselinePayload(string? Type, string? Text);

/// <summary>The body of a 202.</summary>
internal sealed record BaselineAnswer(string Status, string MessageId, string ConversationId, long Seq, DateTimeOffset CreatedAt);

/// <summary>Serializers made at build time, as the real server has them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BaselineMessage))]
[JsonSerializable(typeof(BaselineAnswer))]
internal sealed partial class BaselineJson : JsonSerializerContext;
