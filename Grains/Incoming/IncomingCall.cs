using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Incoming;

/// <summary>A verified webhook call of a platform on its way through the event log, as it came: nothing of it is lost by how this version understands it.</summary>
public static class IncomingCall
{
    /// <summary>The event's type.</summary>
    public const string EventType = "channel.incoming";

    /// <summary>The event around a body. The same body again has the same id.</summary>
    public static LogEvent ToEvent(string channel, string key, ReadOnlyMemory<byte> body, DateTimeOffset now) => new()
    {
        Id = $"{channel}.{Convert.ToHexStringLower(SHA256.HashData(body.Span).AsSpan(0, 16))}",
        Type = EventType,
        Key = key,
        Time = now,
        Data = Write(channel, body),
        TraceParent = Telemetry.RecordedTrace,
    };

    /// <summary>The channel and the body of such an event. Throws <see cref="JsonException"/> or <see cref="FormatException"/>.</summary>
    public static (string Channel, ReadOnlyMemory<byte> Body) Read(LogEvent incoming)
    {
        using var data = JsonDocument.Parse(incoming.Data);
        var channel = data.RootElement.GetProperty("channel").GetString()!;
        return data.RootElement.TryGetProperty("body", out var text)
            ? (channel, Encoding.UTF8.GetBytes(text.GetString()!))
            : (channel, data.RootElement.GetProperty("body_base64").GetBytesFromBase64());
    }

    private static byte[] Write(string channel, ReadOnlyMemory<byte> body) => EventJson.Write((channel, body), static (json, call) =>
    {
        json.WriteString("channel"u8, call.channel);
        if (Utf8.IsValid(call.body.Span) && !call.body.Span.Contains((byte)0))
        {
            json.WriteString("body"u8, call.body.Span);
        }
        else
        {
            json.WriteBase64String("body_base64"u8, call.body.Span);
        }
    });
}
