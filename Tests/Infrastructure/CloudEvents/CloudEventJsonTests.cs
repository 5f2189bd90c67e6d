using System.Text;
using System.Text.Json;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.CloudEvents;

namespace Chat4All.Tests.Infrastructure.CloudEvents;

public sealed class CloudEventJsonTests
{
    private static readonly LogEvent Event = new()
    {
        Id = "event-1",
        Type = "message.created",
        Key = "conversation-1",
        MessageId = "message-1",
        Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Data = """{"text":"\"quoted\" ü {","list":[{"a":1}]}"""u8.ToArray(),
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };

    [Fact]
    public void An_envelope_has_the_required_attributes_of_CloudEvents()
    {
        using var json = JsonDocument.Parse(CloudEventJson.Write(Event));
        var envelope = json.RootElement;

        Assert.Equal("1.0", envelope.GetProperty("specversion").GetString());
        Assert.Equal(("event-1", "chat4all", "message.created"), (Text("id"), Text("source"), Text("type")));
        Assert.Equal(("2026-01-02T03:04:05.000000Z", "application/json"), (Text("time"), Text("datacontenttype")));
        Assert.Equal(("message-1", "conversation-1", Event.TraceParent), (Text("subject"), Text("partitionkey"), Text("traceparent")));
        Assert.Equal(1, envelope.GetProperty("data").GetProperty("list")[0].GetProperty("a").GetInt32());
        Assert.All(envelope.EnumerateObject(), static attribute => Assert.Matches("^[a-z0-9]{1,20}$", attribute.Name));

        string? Text(string attribute) => envelope.GetProperty(attribute).GetString();
    }

    [Fact]
    public void What_was_written_is_read_as_it_was()
    {
        var read = CloudEventJson.Read(CloudEventJson.Write(Event));

        Assert.Equal(Event with { Data = default }, read with { Data = default });
        Assert.Equal(Event.Data.ToArray(), read.Data.ToArray());
    }

    [Fact]
    public void What_an_event_lacks_is_left_out_and_read_as_nothing()
    {
        var bare = Event with { MessageId = null, TraceParent = null, Data = "{}"u8.ToArray() };
        var json = CloudEventJson.Write(bare);

        Assert.DoesNotContain("subject", Encoding.UTF8.GetString(json), StringComparison.Ordinal);
        Assert.Equal(bare with { Data = default }, CloudEventJson.Read(json) with { Data = default });
    }

    [Fact]
    public void Attributes_of_other_writers_are_passed_over()
    {
        var read = CloudEventJson.Read(
            """{"other":{"deep":[1,{"id":"no"}]},"data":{"a":1},"id":"e","type":"t","partitionkey":"k","time":"2026-01-02T03:04:05+01:00","subject":null}"""u8.ToArray());

        Assert.Equal(("e", "t", "k", null), (read.Id, read.Type, read.Key, read.MessageId));
        Assert.Equal("""{"a":1}""", Encoding.UTF8.GetString(read.Data.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"id\":\"e\"}")]
    [InlineData("{\"id\":1,\"type\":\"t\",\"partitionkey\":\"k\",\"time\":\"2026-01-02T03:04:05Z\",\"data\":{}}")]
    [InlineData("{\"id\":\"e\",\"type\":\"t\",\"partitionkey\":\"k\",\"time\":\"today\",\"data\":{}}")]
    [InlineData("{\"id\":\"e\",\"type\":\"t\",\"partitionkey\":\"k\",\"time\":\"2026-01-02T03:04:05Z\",\"data\":{")]
    public void What_is_no_envelope_is_refused(string json) =>
        Assert.ThrowsAny<JsonException>(() => CloudEventJson.Read(Encoding.UTF8.GetBytes(json)));
}
