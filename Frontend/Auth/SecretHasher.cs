using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Cryptography.KeyDerivation;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Chat4All.Frontend.Auth;

/// <summary>Slow salted hashes of users' secrets (PBKDF2-HMAC-SHA512). Takes tens of milliseconds of a core on purpose: request paths go through <see cref="SecretVerifier"/>.</summary>
internal sealed class SecretHasher
{
    private readonly PasswordHasher<object> _hasher;
    private readonly string _decoy;

    public SecretHasher(AuthOptions options)
    {
        _hasher = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = options.HashIterations }));
        _decoy = Decoy(options.HashIterations);
    }

    /// <summary>Whether a secret has a length that is accepted: 8 to 256 characters.</summary>
    public static bool IsAcceptable(string secret) => secret.Length is >= 8 and <= 256;

    /// <summary>A new hash with a new salt.</summary>
    public string Hash(string secret) => _hasher.HashPassword(this, secret);

    /// <summary>Whether the secret is the hash's. Without a hash the same work is done for nothing, so that the time tells nobody whether a user exists.</summary>
    public bool Verify(string? hash, string secret) =>
        _hasher.VerifyHashedPassword(this, hash ?? _decoy, secret) != PasswordVerificationResult.Failed && hash is not null;

    /// <summary>A hash of nothing: random bytes in the format of version 3 (marker, PRF, rounds, length of the salt, salt, key), without the work of making one.</summary>
    private static string Decoy(int iterations)
    {
        const int salt = 16;
        const int head = 13;
        var bytes = RandomNumberGenerator.GetBytes(head + salt + 32);
        bytes[0] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(1), (uint)KeyDerivationPrf.HMACSHA512);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(5), (uint)iterations);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(9), salt);
        return Convert.ToBase64String(bytes);
    }
}
