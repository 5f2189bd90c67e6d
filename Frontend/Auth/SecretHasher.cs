using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Chat4All.Frontend.Auth;

/// <summary>Slow salted hashes of users' secrets (PBKDF2-HMAC-SHA512). Takes tens of milliseconds of a core on purpose: request paths go through <see cref="SecretVerifier"/>.</summary>
internal sealed class SecretHasher
{
    private readonly PasswordHasher<object> _hasher;

    public SecretHasher(AuthOptions options)
    {
        _hasher = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = options.HashIterations }));
        _decoy = new Lazy<string>(() => Hash(Guid.NewGuid().ToString()));
    }

    private readonly Lazy<string> _decoy;

    /// <summary>Whether a secret has a length that is accepted: 8 to 256 characters.</summary>
    public static bool IsAcceptable(string secret) => secret.Length is >= 8 and <= 256;

    /// <summary>A new hash with a new salt.</summary>
    public string Hash(string secret) => _hasher.HashPassword(this, secret);

    /// <summary>Whether the secret is the hash's. Without a hash the same work is done for nothing, so that the time tells nobody whether a user exists.</summary>
    public bool Verify(string? hash, string secret) =>
        _hasher.VerifyHashedPassword(this, hash ?? _decoy.Value, secret) != PasswordVerificationResult.Failed && hash is not null;
}
