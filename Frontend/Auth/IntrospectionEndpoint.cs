using Chat4All.Frontend.Api;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Auth;

/// <summary><c>POST /auth/introspect</c> (RFC 7662): callers see their own tokens, administrators all; everything else is just not active.</summary>
internal sealed class IntrospectionEndpoint(TokenReader reader, ITokenStore tokens, IUserStore users, AuthOptions options, TimeProvider time)
{
    private static readonly IntrospectionResponse Inactive = new() { Active = false };

    public async Task IntrospectAsync(HttpContext context)
    {
        AuthEndpoints.ForbidCaching(context);
        var request = await OAuthRequest.ReadBodyAsync(context);
        if (request.Token is not { Length: > 0 } token)
        {
            throw OAuthRequest.Invalid("'token' is missing.");
        }

        var found = await FindAccessAsync(token, context.RequestAborted) ?? await FindRefreshAsync(token, context.RequestAborted);
        var caller = context.Caller();
        var visible = found is not null && (found.Sub == caller.UserId || caller.Scopes.HasFlag(Scopes.Admin));
        var user = visible ? await users.FindAsync(found!.Sub!, context.RequestAborted) : null;
        var answer = user is { IsActive: true } ? found! with { Username = user.Username } : Inactive;
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, answer, OAuthJson.Default.IntrospectionResponse);
    }

    private async Task<IntrospectionResponse?> FindAccessAsync(string token, CancellationToken cancellationToken)
    {
        if (await reader.ReadAsync(token) is not { } claims
            || claims.ExpiresAt <= time.GetUtcNow()
            || await tokens.FindAccessTokenAsync(claims.TokenId, cancellationToken) is not { RevokedAt: null })
        {
            return null;
        }

        return Active(claims.UserId, claims.Scopes.Text(), claims.IssuedAt, claims.ExpiresAt) with { TokenType = "Bearer", Aud = options.Audience };
    }

    private async Task<IntrospectionResponse?> FindRefreshAsync(string token, CancellationToken cancellationToken) =>
        await tokens.FindRefreshTokenAsync(TokenHash.Of(token), cancellationToken) is { RevokedAt: null } record && record.ExpiresAt > time.GetUtcNow()
            ? Active(record.UserId, record.Scope, record.IssuedAt, record.ExpiresAt) with { TokenType = "refresh_token" }
            : null;

    private IntrospectionResponse Active(string userId, string scope, DateTimeOffset issuedAt, DateTimeOffset expiresAt) => new()
    {
        Active = true,
        Sub = userId,
        ClientId = userId,
        Scope = scope,
        Iss = options.Issuer,
        Iat = issuedAt.ToUnixTimeSeconds(),
        Exp = expiresAt.ToUnixTimeSeconds(),
    };
}
