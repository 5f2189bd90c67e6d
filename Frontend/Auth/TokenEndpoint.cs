using Chat4All.Frontend.Api;

namespace Chat4All.Frontend.Auth;

/// <summary><c>POST /auth/token</c> and <c>POST /auth/refresh</c>.</summary>
internal sealed class TokenEndpoint(SignIn signIn, TokenIssuer issuer, RefreshGrant refreshGrant)
{
    private const string UnsupportedGrantType = "unsupported_grant_type";
    private const string InvalidScope = "invalid_scope";

    public async Task TokenAsync(HttpContext context)
    {
        AuthEndpoints.ForbidCaching(context);
        var request = await OAuthRequest.ReadAsync(context);
        switch (request.GrantType)
        {
            case "client_credentials":
                await AnswerAsync(context, await ByCredentialsAsync(context, request));
                break;
            case "refresh_token":
                await AnswerAsync(context, await refreshGrant.RedeemAsync(context, request));
                break;
            case null:
                throw OAuthRequest.Invalid("'grant_type' is missing.");
            default:
                throw new ProblemException(StatusCodes.Status400BadRequest, UnsupportedGrantType, "The grant type must be client_credentials or refresh_token.");
        }
    }

    public async Task RefreshAsync(HttpContext context)
    {
        AuthEndpoints.ForbidCaching(context);
        var request = await OAuthRequest.ReadAsync(context);
        if (request.GrantType is not "refresh_token")
        {
            throw request.GrantType is null
                ? OAuthRequest.Invalid("'grant_type' is missing.")
                : new ProblemException(StatusCodes.Status400BadRequest, UnsupportedGrantType, "The grant type must be refresh_token here.");
        }

        await AnswerAsync(context, await refreshGrant.RedeemAsync(context, request));
    }

    /// <summary>The scopes asked for, or <paramref name="otherwise"/>; never more than <paramref name="allowed"/>.</summary>
    public static Scopes Grant(string? asked, Scopes allowed, Scopes otherwise)
    {
        if (string.IsNullOrEmpty(asked))
        {
            return otherwise & allowed;
        }

        return ScopeNames.TryParse(asked, out var scopes) && (scopes & ~allowed) == 0
            ? scopes
            : throw new ProblemException(StatusCodes.Status400BadRequest, InvalidScope, "A scope is unknown or not allowed to this client.");
    }

    private static Task AnswerAsync(HttpContext context, IssuedTokens tokens) =>
        JsonAnswer.WriteAsync(
            context,
            StatusCodes.Status200OK,
            new TokenResponse(tokens.AccessToken, "Bearer", tokens.ExpiresIn, tokens.RefreshToken, tokens.Scope),
            OAuthJson.Default.TokenResponse);

    private async Task<IssuedTokens> ByCredentialsAsync(HttpContext context, OAuthParameters request)
    {
        if (request is not { ClientId: { Length: > 0 } clientId, ClientSecret: { Length: > 0 } secret })
        {
            throw OAuthRequest.Invalid("'client_id' and 'client_secret' are needed, in the body or as HTTP Basic.");
        }

        var (user, refusal) = await signIn.CheckAsync(context, clientId, secret);
        if (refusal is { } tooMany)
        {
            throw AuthEndpoints.TooManyFailures(context, tooMany.RetryAfterSeconds);
        }

        if (user is null)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"chat4all\", charset=\"UTF-8\"";
            throw new ProblemException(StatusCodes.Status401Unauthorized, OAuthRequest.InvalidClient, "The client's credentials are not right.");
        }

        var scopes = Grant(request.Scope, ScopeNames.ParseStored(user.Scopes), Scopes.Read | Scopes.Write);
        return await issuer.IssueAsync(user.UserId, scopes, context.RequestAborted);
    }
}
