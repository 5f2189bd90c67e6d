using System.Globalization;
using Chat4All.Frontend.Api;
using Chat4All.Frontend.Operations.Docs;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Auth;

/// <summary>OAuth 2.0 client credentials (RFC 6749), revocation (RFC 7009), introspection (RFC 7662) and metadata (RFC 8414).</summary>
internal static class AuthEndpoints
{
    /// <summary>No OAuth request needs more.</summary>
    private const long MaxBody = 16 * 1024;

    private const string Form = "application/x-www-form-urlencoded";

    public static void MapAuth(this IEndpointRouteBuilder routes)
    {
        var tokens = routes.ServiceProvider.GetRequiredService<TokenEndpoint>();
        var revocation = routes.ServiceProvider.GetRequiredService<RevocationEndpoint>();
        var introspection = routes.ServiceProvider.GetRequiredService<IntrospectionEndpoint>();
        var auth = routes.MapGroup("/auth").WithTags("Auth").WithMetadata(OAuthErrorsMetadata.Instance).LimitBody(MaxBody);
        auth.MapPost("/token", tokens.TokenAsync).AllowAnyone()
            .Reads(typeof(OAuthParameters), Form).Answers(StatusCodes.Status200OK, typeof(TokenResponse))
            .WithName("token").WithSummary("Gives an access and a refresh token for a client's id and secret.");
        auth.MapPost("/refresh", tokens.RefreshAsync).AllowAnyone()
            .Reads(typeof(OAuthParameters), Form).Answers(StatusCodes.Status200OK, typeof(TokenResponse))
            .WithName("refresh").WithSummary("Gives a new access token for a refresh token, which stays valid.");
        auth.MapPost("/revoke", revocation.RevokeAsync).AllowAnyone()
            .Reads(typeof(OAuthParameters), Form).Answers(StatusCodes.Status200OK, typeof(RevokeResponse))
            .WithName("revoke").WithSummary("Revokes a refresh or an access token; says the same when there was none.");
        auth.MapPost("/introspect", introspection.IntrospectAsync).RequireAnyScope().WithoutRequestLimit()
            .Reads(typeof(OAuthParameters), Form).Answers(StatusCodes.Status200OK, typeof(IntrospectionResponse))
            .WithName("introspect").WithSummary("Tells about one of the caller's own tokens, or about any with the scope admin.");

        var options = routes.ServiceProvider.GetRequiredService<AuthOptions>();
        var keys = routes.ServiceProvider.GetRequiredService<SigningKeys>();
        var known = routes.MapGroup("/.well-known").WithTags("Auth");
        known.MapGet("/jwks.json", context => MetadataEndpoints.KeysAsync(context, keys)).AllowAnyone()
            .Answers(StatusCodes.Status200OK, typeof(KeySet)).WithName("jwks").WithSummary("The public keys of tokens; none when they are signed with a shared secret.");
        known.MapGet("/oauth-authorization-server", context => MetadataEndpoints.ServerAsync(context, options)).AllowAnyone()
            .Answers(StatusCodes.Status200OK, typeof(ServerMetadata)).WithName("oauthMetadata").WithSummary("Where the OAuth endpoints are (RFC 8414).");
    }

    /// <summary>No cache may keep what these endpoints say.</summary>
    public static void ForbidCaching(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Pragma = "no-cache";
    }

    /// <summary>429 with the time to wait.</summary>
    public static ProblemException TooManyFailures(HttpContext context, int retryAfterSeconds)
    {
        context.Response.Headers.RetryAfter = retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return new ProblemException(StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited, "Too many failed attempts; wait before the next.");
    }
}
