using System.Text;
using Chat4All.Frontend.Hosting;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Auth;

/// <summary>Tokens, secrets and the limits on guessing them. Section <c>Auth</c>.</summary>
internal sealed record AuthOptions : ISettings
{
    /// <summary>The key that the published example prints; production refuses it.</summary>
    public const string PublishedPlaceholder = "your-super-secret-jwt-key-change-in-production";

    public static string Section => "Auth";

    /// <summary>Key for HS256, at least 32 bytes of UTF-8; empty: one is made and kept in the data folder. <c>JWT_SECRET_KEY</c>.</summary>
    public string SecretKey { get; init; } = "";

    /// <summary>Earlier HS256 keys whose tokens are still accepted while keys are rotated.</summary>
    public string[] PreviousSecretKeys { get; init; } = [];

    /// <summary><c>HS256</c>, or <c>ES256</c> / <c>RS256</c> with <see cref="KeyFile"/>. <c>JWT_ALGORITHM</c>.</summary>
    public string Algorithm { get; init; } = "HS256";

    /// <summary>PEM file with the private key for ES256 (P-256) or RS256 (2,048 bits or more).</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>PEM files with earlier private or public keys whose tokens are still accepted while keys are rotated.</summary>
    public string[] PreviousKeyFiles { get; init; } = [];

    /// <summary>The <c>iss</c> claim; also the issuer in the server's metadata when it is an address.</summary>
    public string Issuer { get; init; } = "chat4all";

    /// <summary>The <c>aud</c> claim.</summary>
    public string Audience { get; init; } = "chat4all-api";

    /// <summary>Life of an access token in minutes; 1 to 1,440, default 15.</summary>
    public int AccessTokenMinutes { get; init; } = 15;

    /// <summary>Life of a refresh token in days; 1 to 3,650, default 30.</summary>
    public int RefreshTokenDays { get; init; } = 30;

    /// <summary>Whether each refresh gives a new refresh token and a second use of an old one revokes all of the user's tokens. Default off.</summary>
    public bool RotateRefreshTokens { get; init; }

    /// <summary>Failed sign-ins a minute of one client from one address; 1 to 10,000, default 10.</summary>
    public int FailuresPerClient { get; init; } = 10;

    /// <summary>Failed sign-ins a minute from one address (an IPv6 /64), whoever the client; 1 to 1,000,000, default 100.</summary>
    public int FailuresPerAddress { get; init; } = 100;

    /// <summary>PBKDF2-HMAC-SHA512 rounds for new secrets; 10,000 to 10,000,000 (100,000 at least in production), default 210,000.</summary>
    public int HashIterations { get; init; } = 210_000;

    /// <summary>Secrets checked at the same time; 1 to 64, 0 for half the cores. Default 0.</summary>
    public int ParallelVerifications { get; init; }

    /// <summary>Validated tokens kept in memory, about 1 KB each; 100 to 1,000,000, default 20,000.</summary>
    public int TokenCacheSize { get; init; } = 20_000;

    /// <summary>Id of the first administrator. <c>CHAT4ALL_ADMIN_ID</c>.</summary>
    public string AdminId { get; init; } = "admin";

    /// <summary>Secret of the first administrator, 8 to 256 characters; empty: one is made. <c>CHAT4ALL_ADMIN_SECRET</c>.</summary>
    public string AdminSecret { get; init; } = "";

    public IEnumerable<(string Property, string Problem)> Check()
    {
        if (SecretKey.Length > 0 && Encoding.UTF8.GetByteCount(SecretKey) < 32)
        {
            yield return (nameof(SecretKey), "(JWT_SECRET_KEY) must have at least 32 bytes");
        }

        if (PreviousSecretKeys.Any(static k => k.Length > 0 && Encoding.UTF8.GetByteCount(k) < 32))
        {
            yield return (nameof(PreviousSecretKeys), "must have at least 32 bytes each");
        }

        if (Algorithm is not ("HS256" or "ES256" or "RS256"))
        {
            yield return (nameof(Algorithm), "(JWT_ALGORITHM) must be HS256, ES256 or RS256");
        }
        else if (Algorithm != "HS256" && KeyFile.Length == 0)
        {
            yield return (nameof(KeyFile), $"(JWT_KEY_FILE) must name a PEM file for {Algorithm}");
        }

        foreach (var file in PreviousKeyFiles.Append(KeyFile).Where(static f => f.Length > 0 && !File.Exists(f)))
        {
            yield return (nameof(KeyFile), $"names '{file}', which does not exist");
        }

        if (AdminSecret.Length > 0 && !SecretHasher.IsAcceptable(AdminSecret))
        {
            yield return (nameof(AdminSecret), "(CHAT4ALL_ADMIN_SECRET) must have 8 to 256 characters");
        }

        if (!Ids.IsValid(AdminId))
        {
            yield return (nameof(AdminId), "(CHAT4ALL_ADMIN_ID) is not a valid id");
        }

        foreach (var (property, value, min, max) in Bounds().Where(static b => b.Value < b.Min || b.Value > b.Max))
        {
            yield return (property, $"must be {min} to {max}");
        }
    }

    private IEnumerable<(string Property, int Value, int Min, int Max)> Bounds() =>
    [
        (nameof(AccessTokenMinutes), AccessTokenMinutes, 1, 1440),
        (nameof(RefreshTokenDays), RefreshTokenDays, 1, 3650),
        (nameof(FailuresPerClient), FailuresPerClient, 1, 10_000),
        (nameof(FailuresPerAddress), FailuresPerAddress, 1, 1_000_000),
        (nameof(HashIterations), HashIterations, 10_000, 10_000_000),
        (nameof(ParallelVerifications), ParallelVerifications, 0, 64),
        (nameof(TokenCacheSize), TokenCacheSize, 100, 1_000_000),
    ];
}
