using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Webhooks;

/// <summary>The events that webhooks can ask for, and their bodies.</summary>
public static class WebhookEvents
{
    /// <summary>Stands for every event, those of later versions included.</summary>
    public const string All = "*";

    /// <summary>What <c>POST /v1/webhooks/{id}/test</c> sends.</summary>
    public const string Test = "webhook.test";

    private const string StatusPrefix = "message.";

    /// <summary>Names to subscribe to.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [EventTypes.MessageCreated, EventTypes.MessageStatusUpdated, EventTypes.MemberJoined, EventTypes.MemberLeft, "file.completed"];

    /// <summary>The name under which an event of the log goes out; null for those that do not. The log has a type for each status.</summary>
    public static string? NameOf(string eventType) =>
        Names.Contains(eventType) ? eventType : eventType.StartsWith(StatusPrefix, StringComparison.Ordinal) ? EventTypes.MessageStatusUpdated : null;

    /// <summary>Whether the subscribed names, separated by commas, hold this one.</summary>
    public static bool Match(string subscribed, string name)
    {
        foreach (var range in subscribed.AsSpan().Split(','))
        {
            if (subscribed.AsSpan(range) is All || subscribed.AsSpan(range).SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The body of a call: <c>id, type, created_at, data</c>. Data is what sockets get.</summary>
    public static string Body(LogEvent source, string name) => Body(source.Id, name, source.Time, name is EventTypes.MemberJoined or EventTypes.MemberLeft ? MemberData(source.Data) : source.Data);

    /// <summary>A body around any data.</summary>
    public static string Body(string id, string name, DateTimeOffset at, ReadOnlyMemory<byte> data) =>
        System.Text.Encoding.UTF8.GetString(EventJson.Write((id, name, at, data), static (json, e) =>
        {
            json.WriteString("id"u8, e.id);
            json.WriteString("type"u8, e.name);
            json.WriteTimestamp("created_at"u8, e.at);
            json.WritePropertyName("data"u8);
            json.WriteRawValue(e.data.Span, skipInputValidation: true);
        }));

    /// <summary>The log keeps a join or leave as the system message that it is; sockets are told of the member.</summary>
    private static byte[] MemberData(ReadOnlyMemory<byte> data)
    {
        using var message = JsonDocument.Parse(data);
        var root = message.RootElement;
        return EventJson.Write(root, static (json, root) =>
        {
            json.WriteString("conversation_id"u8, root.GetProperty("conversation_id").GetString());
            json.WriteString("user_id"u8, root.GetProperty("payload").GetProperty("user_id").GetString());
            json.WriteString("message_id"u8, root.GetProperty("message_id").GetString());
            json.WriteNumber("seq"u8, root.GetProperty("seq").GetInt64());
        });
    }
}
