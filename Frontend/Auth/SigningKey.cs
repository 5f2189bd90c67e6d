using System.Security.Cryptography;
using Chat4All.Frontend.Hosting;
using Microsoft.IdentityModel.Tokens;

namespace Chat4All.Frontend.Auth;

/// <summary>A key, its <c>kid</c> and the one algorithm it may be used with (so that a public key is never taken for an HMAC secret).</summary>
internal sealed class SigningKey
{
    private SigningKey(SecurityKey key, string algorithm, string id)
    {
        (Key, Algorithm, Id) = (key, algorithm, id);
        Key.KeyId = id;
        Credentials = new SigningCredentials(key, algorithm);
    }

    public SecurityKey Key { get; }

    /// <summary><c>HS256</c>, <c>ES256</c> or <c>RS256</c>.</summary>
    public string Algorithm { get; }

    /// <summary>The <c>kid</c> header of its tokens; tells nothing about a secret key.</summary>
    public string Id { get; }

    public SigningCredentials Credentials { get; }

    /// <summary>An HS256 key.</summary>
    public static SigningKey FromSecret(byte[] secret) =>
        new(new SymmetricSecurityKey(secret), SecurityAlgorithms.HmacSha256, Convert.ToHexStringLower(HMACSHA256.HashData(secret, "kid"u8))[..16]);

    /// <summary>An ES256 or RS256 key from a PEM file. Throws <see cref="SettingsException"/> when it does not fit <paramref name="algorithm"/> (null: whatever the file holds).</summary>
    public static SigningKey FromPem(string path, string? algorithm)
    {
        try
        {
            var pem = File.ReadAllText(path);
            var (key, actual) = ReadEcdsa(pem) ?? ReadRsa(pem);
            return algorithm is null || algorithm == actual
                ? new SigningKey(key, actual, Base64UrlEncoder.Encode(key.ComputeJwkThumbprint()))
                : throw new SettingsException([$"Auth:KeyFile '{path}' holds a key for {actual}, not for {algorithm}"]);
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or CryptographicException or IOException)
        {
            throw new SettingsException([$"Auth:KeyFile '{path}' holds no P-256 or RSA key in PEM form: {unreadable.Message}"]);
        }
    }

    private static (SecurityKey Key, string Algorithm)? ReadEcdsa(string pem)
    {
        var ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportFromPem(pem);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            ecdsa.Dispose();
            return null;
        }

        return ecdsa.KeySize == 256
            ? (new ECDsaSecurityKey(ecdsa), SecurityAlgorithms.EcdsaSha256)
            : throw new CryptographicException("the curve is not P-256");
    }

    private static (SecurityKey Key, string Algorithm) ReadRsa(string pem)
    {
        var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        return rsa.KeySize >= 2048
            ? (new RsaSecurityKey(rsa), SecurityAlgorithms.RsaSha256)
            : throw new CryptographicException("an RSA key needs 2,048 bits or more");
    }
}
