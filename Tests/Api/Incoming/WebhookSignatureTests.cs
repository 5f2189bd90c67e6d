using System.Security.Cryptography;
using System.Text;
using Chat4All.Frontend.Api;

namespace Chat4All.Tests.Api.Incoming;

/// <summary>Which proofs are taken.</summary>
public sealed class WebhookSignatureTests
{
    private const string Secret = "an app's secret ✓";

    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"text": "grüße, \u00e9 und 你好 👍"}""");

    public static TheoryData<string, string> Wrong => new()
    {
        { "missing", "" },
        { "no prefix", Sign(Body, Secret)["sha256=".Length..] },
        { "another algorithm's prefix", "sha1=" + Sign(Body, Secret)["sha256=".Length..] },
        { "truncated", Sign(Body, Secret)[..^2] },
        { "half a digit short", Sign(Body, Secret)[..^1] },
        { "longer", Sign(Body, Secret) + "00" },
        { "no hex", Sign(Body, Secret)[..^1] + "g" },
        { "another secret", Sign(Body, "another secret") },
        { "an empty secret", Sign(Body, "") },
        { "another body", Sign([.. Body, (byte)' '], Secret) },
        { "SHA-1 padded", "sha256=" + new string('0', 64) },
        { "two at once", Sign(Body, Secret) + "," + Sign(Body, Secret) },
    };

    [Fact]
    public void The_HMAC_of_the_very_bytes_is_taken_in_either_case()
    {
        Assert.True(WebhookSignature.IsValid(Sign(Body, Secret), Secret, Body));
        Assert.True(WebhookSignature.IsValid("sha256=" + Sign(Body, Secret)["sha256=".Length..].ToUpperInvariant(), Secret, Body));
        Assert.True(WebhookSignature.IsValid(Sign([], Secret), Secret, []));
    }

    [Fact]
    public void The_example_of_the_platform_is_right()
    {
        // HMAC-SHA256 test case 2 of RFC 4231.
        Assert.True(WebhookSignature.IsValid("sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", "Jefe", "what do ya want for nothing?"u8));
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Anything_else_is_not(string what, string header) => Assert.False(WebhookSignature.IsValid(header, Secret, Body), what);

    [Theory]
    [InlineData("secret", "secret", true)]
    [InlineData("", "secret", false)]
    [InlineData("secre", "secret", false)]
    [InlineData("secret ", "secret", false)]
    [InlineData("SECRET", "secret", false)]
    public void Tokens_are_compared_as_they_are(string given, string expected, bool same) => Assert.Equal(same, WebhookSignature.IsSame(given, expected));

    internal static string Sign(byte[] body, string secret) => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
}
