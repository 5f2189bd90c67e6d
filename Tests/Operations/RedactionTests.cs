using Chat4All.Frontend.Operations.Logs;

namespace Chat4All.Tests.Operations;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("nothing secret", "nothing secret")]
    [InlineData("Bearer eyJhbGciOi.eyJzdWIi.c2ln-_x and more", "Bearer [redacted] and more")]
    [InlineData("GET /ws?token=abc&since=now", "GET /ws?token=[redacted]&since=now")]
    [InlineData("GET /hub?access_token=abc", "GET /hub?access_token=[redacted]")]
    [InlineData("refresh_token=a client_secret=b", "refresh_token=[redacted] client_secret=[redacted]")]
    [InlineData("token=eyJa.b.c&token=d", "token=[redacted]&token=[redacted]")]
    public void Tokens_and_secrets_go_and_the_rest_stays(string text, string expected) => Assert.Equal(expected, Redaction.Clean(text));

    [Fact]
    public void A_text_without_any_is_not_copied()
    {
        const string text = "an ordinary line";
        Assert.Same(text, Redaction.Clean(text));
    }
}
