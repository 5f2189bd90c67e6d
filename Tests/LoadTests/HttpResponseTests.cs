using System.Text;
using Chat4All.LoadTests.Http;

namespace Chat4All.Tests.LoadTests;

public sealed class HttpResponseTests
{
    public static TheoryData<string, int, string> Whole => new()
    {
        { "HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\n\r\nhello", 202, "hello" },
        { "HTTP/1.1 202 Accepted\r\ncontent-LENGTH:5\r\nX-Content-Length: 9\r\n\r\nhello", 202, "hello" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", 200, "hello" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n", 200, "abcdefghijklmnopqrstuvwxyz" },
        { "HTTP/1.1 204 No Content\r\n\r\n", 204, "" },
        { "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", 101, "" },
        { "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\n\r\n", 503, "" },
    };

    [Theory]
    [MemberData(nameof(Whole))]
    public void An_answer_is_read_only_when_all_of_it_is_there(string text, int status, string body)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            Assert.False(HttpResponse.TryRead(bytes.AsSpan(0, cut), out _));
        }

        // The start of the next answer is not this one's.
        byte[] more = [.. bytes, .. "HTTP/1.1 2"u8];
        Assert.True(HttpResponse.TryRead(more, out var response));
        Assert.Equal(status, response.Status);
        Assert.Equal(bytes.Length, response.TotalLength);
        Assert.Equal(body, Encoding.ASCII.GetString(response.Body(more)));
        Assert.False(response.IsLast);
    }

    [Fact]
    public void The_last_answer_of_a_connection_says_so()
    {
        Assert.True(HttpResponse.TryRead("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8, out var response));
        Assert.True(response.IsLast);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("HTTP/1.1 abc\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    public void What_is_no_answer_is_refused(string text) =>
        Assert.Throws<FormatException>(() => HttpResponse.TryRead(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void A_request_carries_the_number_in_its_place()
    {
        var request = RequestTemplate.Post(new Uri("http://127.0.0.1:8000"), "/v1/messages", "token", $$"""{"message_id":"m-{{RequestTemplate.NumberPlace}}"}""");
        Assert.EndsWith("{\"message_id\":\"m-000000000042\"}", Encoding.ASCII.GetString(request.WithNumber(42)), StringComparison.Ordinal);
        Assert.EndsWith("{\"message_id\":\"m-000000000043\"}", Encoding.ASCII.GetString(request.WithNumber(43)), StringComparison.Ordinal);
        Assert.StartsWith(
            "POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nAuthorization: Bearer token\r\nContent-Type: application/json\r\nContent-Length: 31\r\n\r\n",
            Encoding.ASCII.GetString(request.Bytes),
            StringComparison.Ordinal);
    }
}
