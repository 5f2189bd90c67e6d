using System.Text;
using System.Text.Json;
using Chat4All.Frontend.Api;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Api;

/// <summary>Payloads as clients send them, and the form in which they are stored and shown.</summary>
public sealed class MessagePayloadTests
{
    [Theory]
    [InlineData("""{"type": "text", "text": "Hi \u00e9"}""", PayloadKind.Text, """{"type":"text","text":"Hi é"}""", "Hi é", null)]
    [InlineData("""{"file_id": "file-1", "unknown": [1], "type": "file"}""", PayloadKind.File, """{"type":"file","file_id":"file-1"}""", "file-1", "file-1")]
    [InlineData(
        """{"parameters": ["A\"1", "b"], "language": "en_US", "name": "order_sent", "type": "template"}""",
        PayloadKind.Template, """{"type":"template","name":"order_sent","language":"en_US","parameters":["A\"1","b"]}""", "order_sent", null)]
    [InlineData("""{"type": "template", "name": "hi", "language": "en"}""", PayloadKind.Template, """{"type":"template","name":"hi","language":"en","parameters":[]}""", "hi", null)]
    [InlineData("""{"type": "template", "name": "hi", "language": "en", "parameters": null, "file_id": "f"}""", PayloadKind.Template, """{"type":"template","name":"hi","language":"en","parameters":[]}""", "hi", null)]
    public void A_payload_is_stored_in_one_form_and_shown_in_one_line(string sent, PayloadKind kind, string stored, string line, string? fileId)
    {
        var request = Read(sent, """["whatsapp"]""", out var errors)!.Value;

        Assert.False(errors.Any);
        Assert.Equal(kind, request.Message.Kind);
        Assert.Equal(stored, request.Message.Payload);
        Assert.Equal(fileId, request.FileId);
        Assert.Equal(line, MessagePayload.Preview(kind, stored));
        using var created = JsonDocument.Parse(MessageEvents.Created(Stored(request.Message), "One"));
        Assert.Equal(line, created.RootElement.GetProperty("content").GetString());
        Assert.Equal(stored, created.RootElement.GetProperty("payload").GetRawText());
    }

    [Theory]
    [InlineData("""{"type": "file"}""", "payload.file_id")]
    [InlineData("""{"type": "file", "file_id": "../etc/passwd"}""", "payload.file_id")]
    [InlineData("""{"type": "file", "file_id": 7}""", "payload.file_id")]
    [InlineData("""{"type": "template", "language": "en"}""", "payload.name")]
    [InlineData("""{"type": "template", "name": "", "language": "en"}""", "payload.name")]
    [InlineData("""{"type": "template", "name": "Order Sent", "language": "en"}""", "payload.name")]
    [InlineData("""{"type": "template", "name": "hi"}""", "payload.language")]
    [InlineData("""{"type": "template", "name": "hi", "language": "e"}""", "payload.language")]
    [InlineData("""{"type": "template", "name": "hi", "language": "en/../x"}""", "payload.language")]
    [InlineData("""{"type": "template", "name": "hi", "language": "en", "parameters": "A"}""", "payload.parameters")]
    [InlineData("""{"type": "template", "name": "hi", "language": "en", "parameters": {"a": 1}}""", "payload.parameters")]
    [InlineData("""{"type": "template", "name": "hi", "language": "en", "parameters": ["a", 1]}""", "payload.parameters")]
    [InlineData("""{"type": "template", "name": "hi", "language": "en", "parameters": ["a", [["b"]]]}""", "payload.parameters")]
    [InlineData("""{"type": "template", "name": "hi", "language": "en", "parameters": ["a", null]}""", "payload.parameters")]
    [InlineData("""{"type": "template", "name": "hi", "language": "en", "parameters": [""]}""", "payload.parameters")]
    [InlineData("""{"type": "template", "name": "hi", "language": "en", "parameters": ["\u0000"]}""", "payload.parameters")]
    [InlineData("""{"type": "system", "event": "member.joined", "user_id": "user1"}""", "payload.type")]
    [InlineData("""{"type": "audio"}""", "payload.type")]
    [InlineData("""{"text": "no type"}""", "payload.type")]
    public void A_payload_that_is_none_is_refused_by_its_field(string sent, string field)
    {
        Assert.Null(Read(sent, """["whatsapp"]""", out var errors));

        Assert.Equal(field, errors.ToError().Field);
    }

    [Fact]
    public void A_template_has_at_most_64_parameters_of_1024_characters()
    {
        Assert.NotNull(Read(Template(Enumerable.Repeat(new string('x', 1024), 64)), """["all"]""", out _));
        Assert.Null(Read(Template(Enumerable.Repeat("x", 65)), """["all"]""", out _));
        Assert.Null(Read(Template([new string('x', 1025)]), """["all"]""", out _));
    }

    [Theory]
    [InlineData("""["whatsapp"]""", true)]
    [InlineData("""["all"]""", true)]
    [InlineData("""["chat4all", "whatsapp"]""", true)]
    [InlineData("""["chat4all"]""", false)]
    [InlineData("""["telegram"]""", false)]
    [InlineData("""["whatsapp", "telegram"]""", false)]
    [InlineData("""["messenger"]""", false)]
    public void A_template_goes_to_WhatsApp_alone(string channels, bool accepted)
    {
        var request = Read(Template(["x"]), channels, out var errors);

        Assert.Equal(accepted, request is not null);
        Assert.Equal(accepted, !errors.Any || errors.ToError().Field != "channels");
    }

    private static string Template(IEnumerable<string> parameters) =>
        JsonSerializer.Serialize(new { type = "template", name = "hi", language = "en", parameters });

    private static MessageRequest? Read(string payload, string channels, out FieldErrors errors)
    {
        errors = new FieldErrors();
        var body = Encoding.UTF8.GetBytes($$"""{"conversation_id": "c", "channels": {{channels}}, "payload": {{payload}} }""");
        var json = JsonText.Open(body);
        return MessageRequest.Read(ref json, body, new Sender("user1", "user1", "One"), null, TimeProvider.System, errors);
    }

    private static StoredMessage Stored(SendMessage message) => new()
    {
        MessageId = message.MessageId,
        ConversationId = "c",
        Seq = 1,
        SenderId = message.SenderId,
        Kind = message.Kind,
        Payload = message.Payload,
        Channels = message.Channels,
        Priority = message.Priority,
        Status = MessageStatus.Accepted,
        CreatedAt = DateTimeOffset.UnixEpoch,
        StatusAt = DateTimeOffset.UnixEpoch,
    };
}
