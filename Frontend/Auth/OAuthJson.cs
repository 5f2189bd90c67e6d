using System.Text.Json.Serialization;

namespace Chat4All.Frontend.Auth;

/// <summary>The parameters of the OAuth endpoints; JSON and form share the names.</summary>
internal sealed record OAuthParameters
{
    public string? GrantType { get; init; }

    public string? ClientId { get; init; }

    public string? ClientSecret { get; init; }

    public string? Scope { get; init; }

    public string? RefreshToken { get; init; }

    public string? Token { get; init; }

    public string? TokenTypeHint { get; init; }
}

/// <summary>RFC 6749 §5.1.</summary>
internal sealed record TokenResponse(string AccessToken, string TokenType, int ExpiresIn, string RefreshToken, string Scope);

/// <summary>The answer to a revocation.</summary>
internal sealed record RevokeResponse(string Message);

/// <summary>RFC 7662 §2.2.</summary>
internal sealed record IntrospectionResponse
{
    public required bool Active { get; init; }

    public string? Scope { get; init; }

    public string? ClientId { get; init; }

    public string? Username { get; init; }

    public string? TokenType { get; init; }

    public string? Sub { get; init; }

    public string? Iss { get; init; }

    public string? Aud { get; init; }

    public long? Iat { get; init; }

    public long? Exp { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OAuthParameters))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(RevokeResponse))]
[JsonSerializable(typeof(IntrospectionResponse))]
internal sealed partial class OAuthJson : JsonSerializerContext;
