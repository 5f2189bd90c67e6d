using System.Text;
using System.Text.Json;
using Chat4All.Frontend.RealTime.Protocol;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Tests.RealTime;

public sealed class ClientFrameTests
{
    [Fact]
    public void Parts_are_taken_as_they_are()
    {
        var frame = Parse("""{"x":[1],"data":{"a": "ü", "b":[]},"ref":"r\"1","type":"send"}""");

        Assert.Equal(("send", "\"r\\\"1\"", """{"a": "ü", "b":[]}"""), (frame.Type, frame.Reference, Encoding.UTF8.GetString(frame.Data.Span)));
    }

    [Theory]
    [InlineData("""{"type":"pong"}""", null)]
    [InlineData("""{"type":"pong","ref":null}""", null)]
    [InlineData("""{"type":"pong","ref":17}""", "17")]
    public void A_ref_is_optional_and_may_be_a_number(string text, string? reference) => Assert.Equal(reference, Parse(text).Reference);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"type":1}""")]
    [InlineData("""{"type":"pong","ref":{}}""")]
    [InlineData("""{"type":"pong","ref":true}""")]
    [InlineData("""{"type":"pong"} {}""")]
    [InlineData("""{"data":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}""")]
    public void Anything_else_is_no_frame(string text) => Assert.ThrowsAny<JsonException>(() => Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"conversation_id":7}""")]
    [InlineData("""{"conversation_id":"../x"}""")]
    [InlineData("""{"conversation_id":"c","up_to_seq":-1}""")]
    [InlineData("""{"conversation_id":"c","up_to_seq":"1"}""")]
    public void Data_of_the_wrong_form_is_refused(string data)
    {
        var refused = Assert.Throws<ChatException>(() => ConversationData.Parse(Encoding.UTF8.GetBytes(data)));
        Assert.Equal(ChatErrorKind.Invalid, refused.Error.Kind);
    }

    [Theory]
    [InlineData("""{"conversation_id":"c","up_to_seq":3}""", 3L)]
    [InlineData("""{"conversation_id":"c","other":{}}""", null)]
    [InlineData("\"c\"", null)]
    public void A_conversation_is_named_in_an_object_or_alone(string data, long? upTo)
    {
        var parsed = ConversationData.Parse(Encoding.UTF8.GetBytes(data));
        Assert.Equal(("c", upTo), (parsed.ConversationId, parsed.UpToSeq));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"conversations":[]}""")]
    [InlineData("""{"conversations":{"c":-1}}""")]
    [InlineData("""{"conversations":{"c":"1"}}""")]
    [InlineData("""{"conversations":{"a b":1}}""")]
    [InlineData("""{"since":"yesterday"}""")]
    public void A_resumption_must_say_from_where(string data) =>
        Assert.Throws<ChatException>(() => ResumeData.Parse(Encoding.UTF8.GetBytes(data)));

    private static ClientFrame Parse(string text) => ClientFrame.Parse(Encoding.UTF8.GetBytes(text));
}
