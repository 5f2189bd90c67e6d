using System.Text;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Incoming;

namespace Chat4All.Tests.Infrastructure.Incoming;

/// <summary>Updates as the Bot API describes them.</summary>
public sealed class TelegramPayloadsTests
{
    [Fact]
    public void A_text_has_its_chat_name_id_and_time()
    {
        var payload = Message("\"text\": \"/start ✓\"");

        var message = Assert.Single(payload.Messages);
        Assert.Equal(("1111111:1365", "1111111", "Test Lastname", "/start ✓"), (message.ExternalId, message.Address, message.SenderName, message.Text));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1441645532), message.SentAt);
        Assert.Equal(["1111111"], payload.Keys);
    }

    [Fact]
    public void Of_a_picture_the_largest_size_is_taken()
    {
        var message = Assert.Single(Message(
            """
            "caption": "look", "photo": [{"file_id": "small", "file_unique_id": "a", "file_size": 1, "width": 90, "height": 67},
              {"file_id": "large", "file_unique_id": "b", "file_size": 9, "width": 800, "height": 600}]
            """).Messages);

        Assert.Equal([new IncomingMedia("image", "large", "image/jpeg")], message.Media);
        Assert.Equal("look", message.Text);
    }

    [Theory]
    [InlineData("""{"document": {"file_id": "f", "file_name": "a.pdf", "mime_type": "application/pdf"}}""", "document", "a.pdf")]
    [InlineData("""{"animation": {"file_id": "f", "mime_type": "video/mp4"}, "document": {"file_id": "other", "mime_type": "video/mp4"}}""", "video", null)]
    [InlineData("""{"voice": {"file_id": "f", "duration": 5, "mime_type": "audio/ogg"}}""", "audio", null)]
    [InlineData("""{"sticker": {"file_id": "f", "emoji": "👍"}}""", "sticker", null)]
    public void Files_have_their_kind_and_name(string fields, string kind, string? filename)
    {
        var media = Assert.Single(Assert.Single(Message(fields[1..^1]).Messages).Media);

        Assert.Equal((kind, "f", filename), (media.Kind, media.Reference, media.Filename));
    }

    [Theory]
    [InlineData("""{"location": {"latitude": 52.5, "longitude": 13.4}}""", "[location] 52.5,13.4")]
    [InlineData("""{"venue": {"title": "Here"}, "location": {"latitude": 52.5, "longitude": 13.4}}""", "[location] 52.5,13.4 Here")]
    [InlineData("""{"contact": {"first_name": "Ada", "phone_number": "+4930"}}""", "[contact] Ada +4930")]
    [InlineData("""{"poll": {"question": "When?"}}""", "[poll] When?")]
    [InlineData("""{"dice": {"emoji": "🎲", "value": 6}}""", "🎲 6")]
    public void Other_content_becomes_a_text(string fields, string text) => Assert.Equal(text, Assert.Single(Message(fields[1..^1]).Messages).Text);

    [Theory]
    [InlineData("""{"update_id": 1, "edited_message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}}""")]
    [InlineData("""{"update_id": 1, "channel_post": {"message_id": 1, "date": 1, "chat": {"id": -1, "type": "channel"}, "text": "x"}}""")]
    [InlineData("""{"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": -1, "type": "group"}, "text": "x"}}""")]
    [InlineData("""{"update_id": 1, "message": {"message_id": 1, "date": 1, "from": {"id": 1, "is_bot": true}, "chat": {"id": 1, "type": "private"}, "text": "x"}}""")]
    [InlineData("""{"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "pinned_message": {}}}""")]
    [InlineData("""{"update_id": 1, "my_chat_member": {}}""")]
    public void What_is_no_message_of_a_person_in_a_private_chat_is_left_out(string update) => Assert.Empty(Read(update).Messages);

    [Theory]
    [InlineData("{}")]
    [InlineData("7")]
    [InlineData("""{"update_id": 1, "message": {"date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}}""")]
    [InlineData("""{"update_id": 1, "message": {"message_id": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}}""")]
    [InlineData("""{"update_id": 1, "message": {"message_id": 1, "date": -5, "chat": {"id": 1, "type": "private"}, "text": "x"}}""")]
    public void A_body_that_is_none_is_refused(string body) => Assert.Throws<FormatException>(() => Read(body));

    private static IncomingPayload Message(string fields) => Read(
        $$$"""
        {"update_id": 10000, "message": {"date": 1441645532, "chat": {"last_name": "Lastname", "id": 1111111, "type": "private", "first_name": "Test", "username": "Testusername"},
          "message_id": 1365, "from": {"last_name": "Lastname", "id": 1111111, "is_bot": false, "first_name": "Test", "username": "Testusername"}, {{{fields}}}}}
        """);

    private static IncomingPayload Read(string update) => new TelegramPayloads().Read(Encoding.UTF8.GetBytes(update));
}
