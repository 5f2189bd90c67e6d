using System.Globalization;
using Chat4All.Frontend.Api;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Auth;

/// <summary>OAuth 2.0 client credentials (RFC 6749), revocation (RFC 7009), introspection (RFC 7662) and metadata (RFC 8414).</summary>
internal static class AuthEndpoints
{
    /// <summary>No OAuth request needs more.</summary>
    private const long MaxBody = 16 * 1024;

    public static void MapAuth(this IEndpointRouteBuilder routes)
    {
        var tokens = routes.ServiceProvider.GetRequiredService<TokenEndpoint>();
        var revocation = routes.ServiceProvider.GetRequiredService<RevocationEndpoint>();
        var auth = routes.MapGroup("/auth").WithTags("Auth").WithMetadata(OAuthErrorsMetadata.Instance).LimitBody(MaxBody);
        auth.MapPost("/token", tokens.TokenAsync).AllowAnyone()
            .WithName("token").WithSummary("Gives an access and a refresh token for a client's id and secret.");
        auth.MapPost("/refresh", tokens.RefreshAsync).AllowAnyone()
            .WithName("refresh").WithSummary("Gives a new access token for a refresh token, which stays valid.");
        auth.MapPost("/revoke", revocation.RevokeAsync).AllowAnyone()
            .WithName("revoke").WithSummary("Revokes a refresh or an access token; says the same when there was none.");
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
