using System.Text;
using System.Text.Json;
using Chat4All.Grains.Ports;
using Chat4All.Grains.Webhooks;

namespace Chat4All.Tests.Grains.Webhooks;

public sealed class WebhookEventsTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("message.created", "message.created")]
    [InlineData("message.in_transit", "message.status_updated")]
    [InlineData("message.failed", "message.status_updated")]
    [InlineData("member.joined", "member.joined")]
    [InlineData("member.left", "member.left")]
    [InlineData("delivery.requested", null)]
    [InlineData("conversation.read", null)]
    public void Events_of_the_log_have_the_names_of_the_sockets(string eventType, string? name) => Assert.Equal(name, WebhookEvents.NameOf(eventType));

    [Theory]
    [InlineData("message.created", "message.created", true)]
    [InlineData("member.left,message.created", "message.created", true)]
    [InlineData("*", "message.created", true)]
    [InlineData("message.created", "message.status_updated", false)]
    [InlineData("message.create", "message.created", false)]
    public void A_webhook_hears_what_it_asked_for(string subscribed, string name, bool matches) => Assert.Equal(matches, WebhookEvents.Match(subscribed, name));

    [Fact]
    public void The_body_holds_id_type_time_and_the_very_data()
    {
        var body = WebhookEvents.Body(Event("""{"text": "é ✓ \u2028"}"""), "message.created");

        Assert.Equal("""{"id":"event-1","type":"message.created","created_at":"2026-01-02T03:04:05.000000Z","data":{"text": "é ✓ \u2028"}}""", body);
    }

    [Fact]
    public void A_join_is_told_as_sockets_are_told()
    {
        var body = WebhookEvents.Body(
            Event("""{"message_id": "m", "conversation_id": "c", "seq": 4, "sender_id": null, "payload": {"type": "system", "event": "member.joined", "user_id": "u"}}"""), "member.joined");

        using var json = JsonDocument.Parse(body);
        Assert.Equal("""{"conversation_id":"c","user_id":"u","message_id":"m","seq":4}""", json.RootElement.GetProperty("data").GetRawText());
    }

    [Fact]
    public void Ids_of_calls_ascend_whatever_the_clock_does()
    {
        var ids = Enumerable.Range(0, 1_000).Select(i => CallIds.Next(At.AddMilliseconds(-i))).ToList();

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void A_dead_letter_becomes_the_same_call_again()
    {
        var call = new WebhookCall("call", "hook", "event", "message.created", """{"a": "é"}""", At);

        var again = WebhookCallEvent.Read(WebhookCallEvent.ToRecord(call).Event, At.AddDays(2));

        Assert.Equal(call with { CallId = again.CallId, CreatedAt = At.AddDays(2) }, again);
    }

    private static LogEvent Event(string data) =>
        new() { Id = "event-1", Type = "message.created", Key = "c", Time = At, Data = Encoding.UTF8.GetBytes(data) };
}
