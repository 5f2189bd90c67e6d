using System.Text.Json.Serialization;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Api;

/// <summary>The body of <c>POST /v1/webhooks</c>.</summary>
internal sealed record WebhookRequest
{
    public string? Url { get; init; }

    public string?[]? Events { get; init; }

    /// <summary>The key of the signatures; absent: the server makes one.</summary>
    public string? Secret { get; init; }
}

/// <summary>A webhook in answers.</summary>
internal sealed record WebhookAnswer
{
    public required string WebhookId { get; init; }

    public required string Url { get; init; }

    public required string[] Events { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>Only in the one answer to the request that made it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    public static WebhookAnswer Of(Webhook webhook, string? secret = null) => new()
    {
        WebhookId = webhook.WebhookId,
        Url = webhook.Url,
        Events = webhook.Events.Split(','),
        CreatedAt = webhook.CreatedAt.UtcDateTime,
        Secret = secret,
    };
}

/// <summary>A page of webhooks.</summary>
internal sealed record WebhookList(IReadOnlyList<WebhookAnswer> Webhooks, string? NextCursor);

/// <summary>What a receiver said to a test.</summary>
/// <param name="Delivered">Whether it answered 2xx.</param>
/// <param name="Status">Its HTTP status; null when there was no answer.</param>
/// <param name="Error">A stable code when it was not delivered.</param>
internal sealed record WebhookTestAnswer(string EventId, bool Delivered, int? Status, string? Error, long DurationMs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WebhookRequest))]
[JsonSerializable(typeof(WebhookAnswer))]
[JsonSerializable(typeof(WebhookList))]
[JsonSerializable(typeof(WebhookTestAnswer))]
internal sealed partial class WebhooksJson : JsonSerializerContext;
