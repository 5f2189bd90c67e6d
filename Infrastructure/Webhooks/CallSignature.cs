using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Chat4All.Infrastructure.Webhooks;

/// <summary>The proof that a call comes from this hub: HMAC-SHA256 over id, time and body, so that neither can be exchanged for another's.</summary>
internal static class CallSignature
{
    /// <summary>The value of <c>X-Chat4All-Signature</c>.</summary>
    /// <param name="timestamp">Seconds since 1970, as in <c>X-Chat4All-Timestamp</c>.</param>
    public static string Of(string secret, string eventId, long timestamp, string body) =>
        "v1=" + Convert.ToHexStringLower(HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{eventId}.{timestamp}.{body}"))));
}
