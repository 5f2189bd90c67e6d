using System.Security.Cryptography;
using System.Text;

namespace Chat4All.Frontend.Api;

/// <summary>Compares what platforms prove themselves with, in a time that tells nothing about the secret.</summary>
internal static class WebhookSignature
{
    private const string Prefix = "sha256=";

    /// <summary>Whether the header <c>X-Hub-Signature-256</c> is the HMAC-SHA256 of exactly these bytes.</summary>
    public static bool IsValid(ReadOnlySpan<char> header, string appSecret, ReadOnlySpan<byte> body)
    {
        if (!header.StartsWith(Prefix, StringComparison.Ordinal) || header.Length != Prefix.Length + (SHA256.HashSizeInBytes * 2))
        {
            return false;
        }

        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        if (Convert.FromHexString(header[Prefix.Length..], given, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(appSecret), body, expected);
        return CryptographicOperations.FixedTimeEquals(given, expected);
    }

    /// <summary>Whether two texts are the same; their lengths are hidden too, by comparing hashes.</summary>
    public static bool IsSame(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));
}
