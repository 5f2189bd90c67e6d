using System.Text;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Incoming;

namespace Chat4All.Tests.Infrastructure.Incoming;

/// <summary>Notifications as the documentation of Messenger and Instagram Messaging prints them.</summary>
public sealed class MessagingPayloadsTests
{
    [Theory]
    [InlineData("messenger")]
    [InlineData("instagram")]
    public void A_text_has_its_sender_id_and_time(string channel)
    {
        var payload = Read(channel, """{"mid": "mid.1457764197618:41d102a3e1ae206a38", "text": "hello, world!", "quick_reply": {"payload": "DEV"}}""");

        var message = Assert.Single(payload.Messages);
        Assert.Equal(("mid.1457764197618:41d102a3e1ae206a38", "PSID", "hello, world!"), (message.ExternalId, message.Address, message.Text));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1458692752478), message.SentAt);
        Assert.Null(message.SenderName);
        Assert.Equal(["PSID"], payload.Keys);
    }

    [Fact]
    public void Attachments_are_media_or_texts()
    {
        var message = Assert.Single(Read(
            "messenger",
            """
            {"mid": "mid.1", "text": "see", "attachments": [{"type": "image", "payload": {"url": "https://cdn.example/a.jpg"}}, {"type": "file", "payload": {"url": "https://cdn.example/b.pdf"}},
              {"type": "location", "payload": {"coordinates": {"lat": 52.5, "long": 13.4}}}, {"type": "fallback", "url": "https://example.com/shared"}]}
            """).Messages);

        Assert.Equal([new IncomingMedia("image", "https://cdn.example/a.jpg"), new IncomingMedia("document", "https://cdn.example/b.pdf")], message.Media);
        Assert.Equal("see\n[location] 52.5,13.4\n[fallback] https://example.com/shared", message.Text);
    }

    [Theory]
    [InlineData("""{"mid": "m", "is_echo": true, "app_id": 1517776481860111, "text": "hello, world!"}""")]
    [InlineData("""{"mid": "m", "is_deleted": true}""")]
    public void Echoes_and_deletions_are_left_out(string message)
    {
        var payload = Read("instagram", message);

        Assert.Empty(payload.Messages);
        Assert.Empty(payload.Receipts);
    }

    [Fact]
    public void What_the_platform_does_not_show_is_said_so() => Assert.Equal("[unsupported]", Assert.Single(Read("instagram", """{"mid": "m", "is_unsupported": true}""").Messages).Text);

    [Fact]
    public void A_button_is_a_text_with_or_without_an_id()
    {
        var messages = Parse(
            "messenger",
            """{"sender": {"id": "PSID"}, "timestamp": 1458692752478, "postback": {"title": "Get started", "payload": "GO", "mid": "m_1"}}""",
            """{"sender": {"id": "PSID"}, "timestamp": 1458692752478, "postback": {"payload": "GO"}}""").Messages;

        Assert.Equal([("m_1", "Get started"), ("PSID:1458692752478", "GO")], messages.Select(static message => (message.ExternalId, message.Text)));
    }

    [Fact]
    public void A_delivery_is_told_by_id_and_by_watermark()
    {
        var payload = Parse(
            "messenger",
            """{"sender": {"id": "PSID"}, "recipient": {"id": "PAGE"}, "delivery": {"mids": ["mid.1458668856218:ed81099e15d3f4f233"], "watermark": 1458668856253}}""");

        var moment = DateTimeOffset.FromUnixTimeMilliseconds(1458668856253);
        Assert.Equal([new DeliveryReceipt("messenger", "mid.1458668856218:ed81099e15d3f4f233", MessageStatus.Delivered, moment)], payload.Receipts);
        Assert.Equal([new ReceiptWatermark("messenger", "PSID", MessageStatus.Delivered, moment)], payload.Watermarks);
    }

    [Fact]
    public void Messenger_tells_of_reading_by_watermark_alone()
    {
        var payload = Parse("messenger", """{"sender": {"id": "PSID"}, "recipient": {"id": "PAGE"}, "timestamp": 1458668856463, "read": {"watermark": 1458668856253}}""");

        Assert.Empty(payload.Receipts);
        Assert.Equal([new ReceiptWatermark("messenger", "PSID", MessageStatus.Read, DateTimeOffset.FromUnixTimeMilliseconds(1458668856253))], payload.Watermarks);
    }

    [Fact]
    public void Instagram_tells_of_reading_by_the_newest_id()
    {
        var payload = Parse("instagram", """{"sender": {"id": "IGSID"}, "recipient": {"id": "IGID"}, "timestamp": 1569262485349, "read": {"mid": "MESSAGE-ID"}}""");

        var moment = DateTimeOffset.FromUnixTimeMilliseconds(1569262485349);
        Assert.Equal([new DeliveryReceipt("instagram", "MESSAGE-ID", MessageStatus.Read, moment)], payload.Receipts);
        Assert.Equal([new ReceiptWatermark("instagram", "IGSID", MessageStatus.Read, moment)], payload.Watermarks);
    }

    [Theory]
    [InlineData("""{"recipient": {"id": "PAGE"}, "timestamp": 1, "message": {"mid": "m", "text": "x"}}""")]
    [InlineData("""{"sender": {"id": "PSID"}, "timestamp": 1, "reaction": {"mid": "m", "action": "react", "emoji": "❤"}}""")]
    [InlineData("""{"sender": {"id": "PSID"}, "timestamp": 1, "optin": {}}""")]
    public void What_is_no_message_and_no_receipt_is_left_out(string item)
    {
        var payload = Parse("messenger", item);

        Assert.Empty(payload.Messages);
        Assert.Empty(payload.Receipts);
        Assert.Empty(payload.Watermarks);
    }

    [Fact]
    public void Each_platform_takes_only_its_own()
    {
        var page = Encoding.UTF8.GetBytes("""{"object": "page", "entry": []}""");

        Assert.Empty(Reader("messenger").Read(page).Messages);
        Assert.Throws<FormatException>(() => Reader("instagram").Read(page));
    }

    private static IncomingPayload Read(string channel, string message) =>
        Parse(channel, $$$"""{"sender": {"id": "PSID"}, "recipient": {"id": "PAGE"}, "timestamp": 1458692752478, "message": {{{message}}}}""");

    private static IncomingPayload Parse(string channel, params string[] items) => Reader(channel).Read(Encoding.UTF8.GetBytes(
        $$"""{"object": "{{(channel == "messenger" ? "page" : channel)}}", "entry": [{"id": "PAGE", "time": 1458692752478, "messaging": [{{string.Join(',', items)}}]}]}"""));

    private static MessagingPayloads Reader(string channel) => new(channel, channel == "messenger" ? "page" : channel);
}
