using System.Security.Cryptography;
using System.Text;

namespace Chat4All.Frontend.Auth;

/// <summary>The form in which tokens are stored: enough to recognize one, useless to whoever reads the store.</summary>
internal static class TokenHash
{
    /// <summary>SHA-256 of a refresh token or of an access token's <c>jti</c>, 64 lower-case hex digits.</summary>
    public static string Of(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>128 random bits as 32 hex digits: a refresh token or a <c>jti</c>.</summary>
    public static string NewToken() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
