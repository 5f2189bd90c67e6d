using System.Globalization;
using System.Text;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Incoming;

namespace Chat4All.Tests.Infrastructure.Incoming;

/// <summary>How a call about many things becomes events about one each.</summary>
public sealed class PayloadSplitTests
{
    private const string ManyThings =
        """
        {"object": "whatsapp_business_account", "entry": [
          {"id": "A", "changes": [{"field": "messages", "value": {"metadata": {"phone_number_id": "9"},
            "contacts": [{"wa_id": "1", "profile": {"name": "Ada"}}, {"wa_id": "2", "profile": {"name": "Bob"}}],
            "messages": [{"from": "1", "id": "a", "timestamp": "1", "type": "text", "text": {"body": "x"}}, {"from": "2", "id": "b", "timestamp": "1", "type": "text", "text": {"body": "y"}}],
            "statuses": [{"id": "s", "status": "read", "timestamp": "1", "recipient_id": "1"}]}}, {"field": "account_update", "value": {"event": "X"}}]},
          {"id": "B", "changes": [{"field": "messages", "value": {"messages": [{"from": "1", "id": "c", "timestamp": "1", "type": "text", "text": {"body": "z"}}]}}]}]}
        """;

    [Fact]
    public void Each_message_and_each_status_is_a_call_of_its_own_with_what_stands_beside_it()
    {
        var parts = new WhatsAppPayloads().Split(Encoding.UTF8.GetBytes(ManyThings));

        Assert.Equal(
            [
                """{"object":"whatsapp_business_account","entry":[{"id":"A","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"9"},"contacts":[{"wa_id":"1","profile":{"name":"Ada"}}],"messages":[{"from":"1","id":"a","timestamp":"1","type":"text","text":{"body":"x"}}]}}]}]}""",
                """{"object":"whatsapp_business_account","entry":[{"id":"A","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"9"},"contacts":[{"wa_id":"2","profile":{"name":"Bob"}}],"messages":[{"from":"2","id":"b","timestamp":"1","type":"text","text":{"body":"y"}}]}}]}]}""",
                """{"object":"whatsapp_business_account","entry":[{"id":"A","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"9"},"contacts":[],"statuses":[{"id":"s","status":"read","timestamp":"1","recipient_id":"1"}]}}]}]}""",
                """{"object":"whatsapp_business_account","entry":[{"id":"A","changes":[{"field":"account_update","value":{"event":"X"}}]}]}""",
                """{"object":"whatsapp_business_account","entry":[{"id":"B","changes":[{"field":"messages","value":{"messages":[{"from":"1","id":"c","timestamp":"1","type":"text","text":{"body":"z"}}]}}]}]}""",
            ],
            parts.Select(static part => Encoding.UTF8.GetString(part.Body.Span).Replace(", ", ",", StringComparison.Ordinal).Replace(": ", ":", StringComparison.Ordinal)));
        Assert.Equal(["1", "2", "s", null, "1"], parts.Select(static part => part.Key));
    }

    [Fact]
    public void The_parts_say_together_what_the_whole_says()
    {
        var reader = new WhatsAppPayloads();
        var whole = reader.Read(Encoding.UTF8.GetBytes(ManyThings));
        var parts = reader.Split(Encoding.UTF8.GetBytes(ManyThings)).Select(part => reader.Read(part.Body)).ToList();

        Assert.Equal(whole.Messages.Select(static m => (m.ExternalId, m.SenderName)), parts.SelectMany(static part => part.Messages).Select(static m => (m.ExternalId, m.SenderName)));
        Assert.Equal(whole.Receipts, parts.SelectMany(static part => part.Receipts));
    }

    [Theory]
    [InlineData("""{"object": "page",  "entry": [{"id": "P", "messaging": [{"sender": {"id": "1"}, "timestamp": 1, "message": {"mid": "m", "text": "x"}}]}]}""")]
    [InlineData("""{"object": "page",  "entry": []}""")]
    public void A_call_about_one_thing_stays_as_it_came(string body) =>
        Assert.Equal(body, Encoding.UTF8.GetString(Assert.Single(new MessagingPayloads("messenger", "page").Split(Encoding.UTF8.GetBytes(body))).Body.Span));

    [Fact]
    public void What_is_not_in_the_platforms_form_is_not_taken_apart() =>
        Assert.Throws<FormatException>(() => new MessagingPayloads("messenger", "page").Split("""{"object": "user", "entry": [1, 2]}"""u8.ToArray()));

    /// <summary>As much as Meta puts into one call: about 3 MB.</summary>
    internal static byte[] LargeCall(int messages)
    {
        var text = new string('x', 3_000_000 / messages);
        var items = Enumerable.Range(0, messages).Select(i => string.Create(
            CultureInfo.InvariantCulture, $$$"""{"from": "49{{{i % 20}}}", "id": "wamid.{{{i}}}", "timestamp": "1504902988", "type": "text", "text": {"body": "{{{text}}}"}}"""));
        var contacts = Enumerable.Range(0, 20).Select(static i => string.Create(CultureInfo.InvariantCulture, $$$"""{"wa_id": "49{{{i}}}", "profile": {"name": "Contact {{{i}}}"}}"""));
        return Encoding.UTF8.GetBytes(
            $$$"""
            {"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [{"field": "messages", "value": {
              "contacts": [{{{string.Join(',', contacts)}}}], "messages": [{{{string.Join(',', items)}}}]}}]}]}
            """);
    }
}
