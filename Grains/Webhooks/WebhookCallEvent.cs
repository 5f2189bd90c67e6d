using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Webhooks;

/// <summary>A webhook call as a record of the topic <c>webhook_calls</c>: as a dead letter, and back from it when somebody replays it.</summary>
public static class WebhookCallEvent
{
    public const string EventType = "webhook.call";

    /// <summary>The record of a call that was given up. One for each webhook and event.</summary>
    public static LogRecord ToRecord(WebhookCall call) => new(Topics.WebhookCalls, 0, 0, new LogEvent
    {
        Id = $"{call.EventId}:{call.WebhookId}",
        Type = EventType,
        Key = call.WebhookId,
        Time = call.CreatedAt,
        Data = EventJson.Write(call, static (json, call) =>
        {
            json.WriteString("webhook_id"u8, call.WebhookId);
            json.WriteString("event_id"u8, call.EventId);
            json.WriteString("event_type"u8, call.EventType);
            json.WriteString("body"u8, call.Body);
        }),
    });

    /// <summary>The call again, as a new one.</summary>
    public static WebhookCall Read(LogEvent source, DateTimeOffset now)
    {
        using var data = JsonDocument.Parse(source.Data);
        var root = data.RootElement;
        return new WebhookCall(
            CallIds.Next(now), Text(root, "webhook_id"), Text(root, "event_id"), Text(root, "event_type"), Text(root, "body"), now);
    }

    private static string Text(JsonElement root, string name) => root.GetProperty(name).GetString()!;
}
