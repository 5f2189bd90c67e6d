using System.Text.Json;
using Chat4All.Frontend.RealTime.Connections;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;

namespace Chat4All.Frontend.RealTime.Protocol;

/// <summary>Carries out what WebSocket clients ask for and answers <c>ack</c> or <c>error</c>. One frame after the other, so that messages keep their sending order.</summary>
internal sealed class ClientFrames(ChatOperations operations, OperationErrors errors, TimeProvider time)
{
    /// <summary>Takes one frame of a client as UTF-8 JSON.</summary>
    public async ValueTask TakeAsync(ChatConnection connection, ReadOnlyMemory<byte> text)
    {
        string? reference = null;
        try
        {
            var frame = ClientFrame.Parse(text);
            reference = frame.Reference;
            await TakeAsync(connection, frame);
        }
        catch (JsonException)
        {
            Refuse(connection, reference, new ChatError(ChatErrorKind.Invalid, ErrorCodes.MalformedJson, "A frame is a JSON object {type, ref?, data}."));
        }
        catch (Exception failed)
        {
            Refuse(connection, reference, errors.Of(failed));
        }
    }

    /// <summary>Begins a resumption that the handshake asked for.</summary>
    public void ResumeSince(ChatConnection connection, DateTimeOffset since) =>
        _ = ResumeAsync(connection, null, new Routing.ResumeRequest(new Dictionary<string, long>(), since));

    private async ValueTask TakeAsync(ChatConnection connection, ClientFrame frame)
    {
        switch (frame.Type)
        {
            case "pong":
                break;
            case "send":
                var receipt = await operations.SendAsync(connection, frame.Data);
                Acknowledge(connection, frame, json => WriteReceipt(json, receipt));
                break;
            case "read":
                var cursor = await operations.MarkReadAsync(connection, ConversationData.Parse(frame.Data));
                Acknowledge(connection, frame, json =>
                {
                    json.WriteNumber("last_read_seq"u8, cursor.LastReadSeq);
                    json.WriteTimestamp("read_at"u8, cursor.ReadAt);
                });
                break;
            case "typing":
                await operations.TypeAsync(connection, ConversationData.Parse(frame.Data));
                Acknowledge(connection, frame);
                break;
            case "subscribe":
                await operations.SubscribeAsync(connection, ConversationData.Parse(frame.Data));
                Acknowledge(connection, frame);
                break;
            case "unsubscribe":
                await operations.UnsubscribeAsync(connection, ConversationData.Parse(frame.Data));
                Acknowledge(connection, frame);
                break;
            case "resume":
                // Not awaited: a long replay must not keep the client from sending.
                _ = ResumeAsync(connection, frame.Reference, ResumeData.Parse(frame.Data));
                break;
            case "auth":
                await operations.AuthenticateAsync(connection, AuthData.Parse(frame.Data));
                Acknowledge(connection, frame);
                break;
            default:
                throw ChatException.Invalid(ErrorCodes.ValidationFailed, "type must be pong, auth, subscribe, unsubscribe, resume, typing, read or send.", "type");
        }
    }

    private static void WriteReceipt(Utf8JsonWriter json, SendReceipt receipt)
    {
        json.WriteString("message_id"u8, receipt.MessageId);
        json.WriteString("conversation_id"u8, receipt.ConversationId);
        json.WriteNumber("seq"u8, receipt.Seq);
        json.WriteTimestamp("created_at"u8, receipt.CreatedAt);
        json.WriteBoolean("duplicate"u8, receipt.Duplicate);
    }

    private async Task ResumeAsync(ChatConnection connection, string? reference, Routing.ResumeRequest request)
    {
        try
        {
            await operations.ResumeAsync(connection, request);
            Acknowledge(connection, new ClientFrame("resume", reference, default));
        }
        catch (Exception failed)
        {
            Refuse(connection, reference, errors.Of(failed));
        }
    }

    private void Acknowledge(ChatConnection connection, ClientFrame frame, Action<Utf8JsonWriter>? fields = null)
    {
        if (frame.Reference is not null)
        {
            connection.Send(ControlFrames.Ack(frame.Reference, time.GetUtcNow(), fields ?? (static _ => { })));
        }
    }

    private void Refuse(ChatConnection connection, string? reference, ChatError error) =>
        connection.Send(ControlFrames.Error(reference, error, time.GetUtcNow()));
}
