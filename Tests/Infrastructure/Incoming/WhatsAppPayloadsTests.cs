using System.Text;
using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Incoming;

namespace Chat4All.Tests.Infrastructure.Incoming;

/// <summary>Notifications as the documentation of the Cloud API prints them.</summary>
public sealed class WhatsAppPayloadsTests
{
    [Fact]
    public void A_text_has_its_sender_name_id_and_time()
    {
        var payload = Read("""{"from": "16315551181", "id": "wamid.ABGGFlA5Fpa", "timestamp": "1504902988", "type": "text", "text": {"body": "this is a text message ✓"}}""");

        var message = Assert.Single(payload.Messages);
        Assert.Equal(
            ("wamid.ABGGFlA5Fpa", "16315551181", "test user name", "this is a text message ✓"), (message.ExternalId, message.Address, message.SenderName, message.Text));
        Assert.Equal(new DateTimeOffset(2017, 9, 8, 20, 36, 28, TimeSpan.Zero), message.SentAt);
        Assert.Empty(message.Media);
        Assert.Equal(["16315551181"], payload.Keys);
    }

    [Theory]
    [InlineData("""{"type": "image", "image": {"caption": "a caption", "mime_type": "image/jpeg", "sha256": "81d3", "id": "2754859441498128"}}""", "image", "a caption", null)]
    [InlineData("""{"type": "document", "document": {"mime_type": "application/pdf", "filename": "a.pdf", "id": "2754859441498128"}}""", "document", null, "a.pdf")]
    [InlineData("""{"type": "audio", "audio": {"mime_type": "audio/ogg; codecs=opus", "voice": true, "id": "2754859441498128"}}""", "audio", null, null)]
    [InlineData("""{"type": "sticker", "sticker": {"mime_type": "image/webp", "id": "2754859441498128"}}""", "sticker", null, null)]
    [InlineData("""{"type": "video", "video": {"mime_type": "video/mp4", "id": "2754859441498128"}}""", "video", null, null)]
    public void Media_have_their_kind_reference_and_caption(string content, string kind, string? caption, string? filename)
    {
        var message = Assert.Single(Read(WithHead(content)).Messages);

        var media = Assert.Single(message.Media);
        Assert.Equal((kind, "2754859441498128", filename), (media.Kind, media.Reference, media.Filename));
        Assert.NotNull(media.MimeType);
        Assert.Equal(caption, message.Text);
    }

    [Theory]
    [InlineData("""{"type": "button", "button": {"text": "Yes", "payload": "yes-button"}}""", "Yes")]
    [InlineData("""{"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "1", "title": "Yes"}}}""", "Yes")]
    [InlineData("""{"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "1", "title": "First", "description": "d"}}}""", "First")]
    [InlineData("""{"type": "location", "location": {"latitude": 52.5, "longitude": 13.4, "name": "Here"}}""", "[location] 52.5,13.4 Here")]
    [InlineData("""{"type": "contacts", "contacts": [{"name": {"formatted_name": "Ada Lovelace"}}]}""", "[contacts] Ada Lovelace")]
    [InlineData("""{"type": "unsupported", "errors": [{"code": 131051, "title": "Message type is not currently supported"}]}""", "[unsupported]")]
    [InlineData("""{"type": "order", "order": {}}""", "[order]")]
    [InlineData("""{"type": "text", "text": {"body": "a\u0000b"}}""", "a\uFFFDb")]
    public void Other_content_becomes_a_text(string content, string text) => Assert.Equal(text, Assert.Single(Read(WithHead(content)).Messages).Text);

    [Theory]
    [InlineData("""{"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}}""")]
    [InlineData("""{"type": "system", "system": {"body": "number changed"}}""")]
    public void What_is_no_message_is_left_out(string content) => Assert.Empty(Read(WithHead(content)).Messages);

    [Theory]
    [InlineData("sent", MessageStatus.InTransit)]
    [InlineData("delivered", MessageStatus.Delivered)]
    [InlineData("read", MessageStatus.Read)]
    [InlineData("played", MessageStatus.Read)]
    public void Statuses_are_receipts(string status, MessageStatus expected)
    {
        var payload = Parse(
            $$$"""
            {"object": "whatsapp_business_account", "entry": [{"id": "1314702302917944", "changes": [{"field": "messages", "value": {"messaging_product": "whatsapp",
              "metadata": {"display_phone_number": "15556459128", "phone_number_id": "590968830767958"},
              "statuses": [{"id": "wamid.HBgN=", "status": "{{{status}}}", "timestamp": "1750857384", "recipient_id": "5516992318222",
                "conversation": {"id": "a75d", "origin": {"type": "service"}}, "pricing": {"billable": true, "pricing_model": "CBP", "category": "service"}}]}}]}]}
            """);

        Assert.Equal([new DeliveryReceipt("whatsapp", "wamid.HBgN=", expected, DateTimeOffset.FromUnixTimeSeconds(1750857384))], payload.Receipts);
        Assert.Equal(["wamid.HBgN="], payload.Keys);
        Assert.Empty(payload.Messages);
    }

    [Theory]
    [InlineData("""[{"code": 131047, "title": "Re-engagement message"}]""", "outside_window")]
    [InlineData("""[{"code": 131026, "title": "Message undeliverable"}]""", "recipient_unavailable")]
    [InlineData("""[{"code": 131053, "title": "Media upload error"}]""", "media_refused")]
    [InlineData("""[{"code": 132001, "title": "Template does not exist"}]""", "template_refused")]
    [InlineData("""[{"code": 131000, "title": "Something went wrong"}]""", "whatsapp_131000")]
    [InlineData("[]", "failed")]
    public void A_failure_has_a_code(string errors, string expected)
    {
        var payload = Value($$"""{"statuses": [{"id": "wamid.x", "status": "failed", "timestamp": "1750857384", "recipient_id": "1", "errors": {{errors}}}]}""");

        var receipt = Assert.Single(payload.Receipts);
        Assert.Equal((MessageStatus.Failed, expected), (receipt.Status, receipt.Error));
    }

    [Fact]
    public void Statuses_that_are_not_known_and_other_fields_are_left_out()
    {
        Assert.Empty(Value("""{"statuses": [{"id": "wamid.x", "status": "warning", "timestamp": "1"}]}""").Receipts);
        Assert.Empty(Parse("""{"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "account_update", "value": {"messages": [{}]}}]}]}""").Messages);
    }

    [Fact]
    public void Several_messages_of_several_people_come_in_order()
    {
        var payload = Value(
            """
            {"messages": [{"from": "1", "id": "a", "timestamp": "1", "type": "text", "text": {"body": "x"}}, {"from": "2", "id": "b", "timestamp": "1", "type": "text", "text": {"body": "y"}},
              {"from": "1", "id": "c", "timestamp": "1", "type": "text", "text": {"body": "z"}}]}
            """);

        Assert.Equal(["a", "b", "c"], payload.Messages.Select(static message => message.ExternalId));
        Assert.Equal(["1", "2"], payload.Keys);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"object": "page", "entry": []}""")]
    [InlineData("""{"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": {"messages": [{"type": "text"}]}}]}]}""")]
    [InlineData("""{"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": {"statuses": [{"status": "read", "id": "x"}]}}]}]}""")]
    [InlineData("""{"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": {"messages": [{"from": "1", "id": "a", "timestamp": "99999999999999999", "type": "text"}]}}]}]}""")]
    [InlineData("""{"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": {"messages": [{"from": "1", "id": "a", "timestamp": "1", "type": "text", "text": {"body": "\ud83d"}}]}}]}]}""")]
    public void A_body_that_is_none_is_refused(string body) => Assert.Throws<FormatException>(() => Parse(body));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("hello")]
    public void A_body_that_is_no_JSON_is_refused(string body) => Assert.ThrowsAny<JsonException>(() => Parse(body));

    private static string WithHead(string content) => """{"from": "16315551181", "id": "wamid.x", "timestamp": "1504902988", """ + content[1..];

    private static IncomingPayload Read(string message) =>
        Value($$$"""{"contacts": [{"profile": {"name": "test user name"}, "wa_id": "16315551181"}], "messages": [{{{message}}}]}""");

    private static IncomingPayload Value(string value) =>
        Parse($$$"""{"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [{"field": "messages", "value": {{{value}}}}]}]}""");

    private static IncomingPayload Parse(string body) => new WhatsAppPayloads().Read(Encoding.UTF8.GetBytes(body));
}
