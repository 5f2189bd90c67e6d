using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;

namespace Chat4All.Frontend.RealTime.Connections;

/// <summary>Frames that are about the connection itself. Their fields stand in <c>data</c> as those of all events do, and once more beside <c>type</c>, where simple clients look.</summary>
internal static class ControlFrames
{
    private const byte PingOpcode = 0x9;

    /// <summary>The first event of every connection.</summary>
    public static OutgoingFrame Established(string userId, string node, DateTimeOffset now) =>
        Write("connection.established", null, now, json =>
        {
            json.WriteString("user_id"u8, userId);
            json.WriteString("server_instance"u8, node);
        });

    /// <summary>The heartbeat: a <c>ping</c> event, and the protocol's own ping, which every client's library answers by itself.</summary>
    public static OutgoingFrame Heartbeat(DateTimeOffset now) =>
        OutgoingFrame.Join(OutgoingFrame.ForControl(PingOpcode, []), Write("ping", null, now, static _ => { }));

    /// <summary>A conversation's events are complete up to a seq, and live from there on.</summary>
    public static OutgoingFrame Resumed(string conversationId, long lastSeq, DateTimeOffset now) =>
        Write("resumed", null, now, json =>
        {
            json.WriteString("conversation_id"u8, conversationId);
            json.WriteNumber("last_seq"u8, lastSeq);
        });

    /// <summary>A conversation was not resumed.</summary>
    public static OutgoingFrame NotResumed(string conversationId, string code, DateTimeOffset now) =>
        Write("error", null, now, json =>
        {
            json.WriteString("conversation_id"u8, conversationId);
            json.WriteString("code"u8, code);
        });

    /// <summary>The answer to a frame that succeeded.</summary>
    /// <param name="reference">The client's <c>ref</c> as JSON.</param>
    public static OutgoingFrame Ack(string? reference, DateTimeOffset now, Action<Utf8JsonWriter> fields) => Write("ack", reference, now, fields);

    /// <summary>The answer to a frame that failed.</summary>
    public static OutgoingFrame Error(string? reference, ChatError error, DateTimeOffset now) =>
        Write("error", reference, now, json =>
        {
            json.WriteString("code"u8, error.Code);
            json.WriteString("detail"u8, error.Detail);
            if (error.Field is not null)
            {
                json.WriteString("field"u8, error.Field);
            }

            if (error.Kind == ChatErrorKind.Unavailable)
            {
                json.WriteNumber("retry_after"u8, error.RetryAfterSeconds);
            }
        });

    private static OutgoingFrame Write(string type, string? reference, DateTimeOffset now, Action<Utf8JsonWriter> fields)
    {
        var state = (type, reference, now, fields);
        var data = EventJson.Write(state, static (json, s) => WriteFields(json, s.reference, s.now, s.fields));
        var text = EventJson.Write((state, data), static (json, s) =>
        {
            json.WriteString("type"u8, s.state.type);
            WriteFields(json, s.state.reference, s.state.now, s.state.fields);
            json.WritePropertyName("data"u8);
            json.WriteRawValue(s.data, skipInputValidation: true);
        });
        return OutgoingFrame.ForText(type, text, data);
    }

    private static void WriteFields(Utf8JsonWriter json, string? reference, DateTimeOffset now, Action<Utf8JsonWriter> fields)
    {
        if (reference is not null)
        {
            json.WritePropertyName("ref"u8);
            json.WriteRawValue(reference, skipInputValidation: true);
        }

        json.WriteTimestamp("timestamp"u8, now);
        fields(json);
    }
}
