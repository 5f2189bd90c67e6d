using System.Text.Json.Serialization;
using Chat4All.Frontend.Api;
using Microsoft.IdentityModel.Tokens;

namespace Chat4All.Frontend.Auth;

/// <summary>What clients and other services need to know: public keys (RFC 7517) and where the endpoints are (RFC 8414).</summary>
internal static class MetadataEndpoints
{
    /// <summary>The public keys; none with HS256, whose key is secret.</summary>
    public static Task KeysAsync(HttpContext context, SigningKeys keys)
    {
        context.Response.Headers.CacheControl = "public, max-age=300";
        return JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new KeySet([.. keys.All.Select(PublicKey).OfType<PublicKey>()]), MetadataJson.Default.KeySet);
    }

    /// <summary>The server's metadata.</summary>
    public static Task ServerAsync(HttpContext context, AuthOptions options)
    {
        var origin = $"{context.Request.Scheme}://{context.Request.Host}";
        var issuer = Uri.IsWellFormedUriString(options.Issuer, UriKind.Absolute) ? options.Issuer : origin;
        return JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, ServerMetadata.At(origin, issuer), MetadataJson.Default.ServerMetadata);
    }

    private static PublicKey? PublicKey(SigningKey key) => key.Key switch
    {
        ECDsaSecurityKey ecdsa => Elliptic(key, ecdsa.ECDsa.ExportParameters(includePrivateParameters: false)),
        RsaSecurityKey rsa => Rsa(key, rsa.Rsa.ExportParameters(includePrivateParameters: false)),
        _ => null,
    };

    private static PublicKey Elliptic(SigningKey key, System.Security.Cryptography.ECParameters parameters) =>
        new("EC", "sig", key.Algorithm, key.Id) { Crv = "P-256", X = Base64UrlEncoder.Encode(parameters.Q.X), Y = Base64UrlEncoder.Encode(parameters.Q.Y) };

    private static PublicKey Rsa(SigningKey key, System.Security.Cryptography.RSAParameters parameters) =>
        new("RSA", "sig", key.Algorithm, key.Id) { N = Base64UrlEncoder.Encode(parameters.Modulus), E = Base64UrlEncoder.Encode(parameters.Exponent) };
}

/// <summary>RFC 7517 §5.</summary>
internal sealed record KeySet(IReadOnlyList<PublicKey> Keys);

/// <summary>RFC 7517 §4 and RFC 7518 §6; never a private part.</summary>
internal sealed record PublicKey(string Kty, string Use, string Alg, string Kid)
{
    public string? Crv { get; init; }

    public string? X { get; init; }

    public string? Y { get; init; }

    public string? N { get; init; }

    public string? E { get; init; }
}

/// <summary>RFC 8414 §2.</summary>
internal sealed record ServerMetadata
{
    public required string Issuer { get; init; }

    public required string TokenEndpoint { get; init; }

    public required string RevocationEndpoint { get; init; }

    public required string IntrospectionEndpoint { get; init; }

    public required string JwksUri { get; init; }

    public string[] GrantTypesSupported { get; } = ["client_credentials", "refresh_token"];

    public string[] ResponseTypesSupported { get; } = [];

    public string[] ScopesSupported { get; } = [ScopeNames.Read, ScopeNames.Write, ScopeNames.Admin];

    public string[] TokenEndpointAuthMethodsSupported { get; } = ["client_secret_post", "client_secret_basic"];

    public static ServerMetadata At(string origin, string issuer) => new()
    {
        Issuer = issuer,
        TokenEndpoint = $"{origin}/auth/token",
        RevocationEndpoint = $"{origin}/auth/revoke",
        IntrospectionEndpoint = $"{origin}/auth/introspect",
        JwksUri = $"{origin}/.well-known/jwks.json",
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeySet))]
[JsonSerializable(typeof(ServerMetadata))]
internal sealed partial class MetadataJson : JsonSerializerContext;
