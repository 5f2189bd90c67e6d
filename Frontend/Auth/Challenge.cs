using Chat4All.Frontend.Api;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Auth;

/// <summary>Refusals in the words of RFC 6750.</summary>
internal static class Challenge
{
    private const string Bearer = "Bearer realm=\"chat4all\"";

    /// <summary>Answers 401.</summary>
    public static Task WriteAsync(HttpContext context, bool noToken, TokenFailure failure)
    {
        if (noToken)
        {
            context.Response.Headers.WWWAuthenticate = Bearer;
            return Problems.WriteAsync(context, StatusCodes.Status401Unauthorized, ProblemCodes.Unauthorized, "This needs an access token: Authorization: Bearer ….");
        }

        var (code, detail) = failure switch
        {
            TokenFailure.Expired => (ProblemCodes.TokenExpired, "The access token has expired."),
            TokenFailure.Revoked => (ProblemCodes.InvalidToken, "The access token was revoked."),
            _ => (ProblemCodes.InvalidToken, "The access token is not valid."),
        };
        context.Response.Headers.WWWAuthenticate = $"{Bearer}, error=\"invalid_token\", error_description=\"{detail}\"";
        return Problems.WriteAsync(context, StatusCodes.Status401Unauthorized, code, detail);
    }

    /// <summary>Answers 403 and names the scope.</summary>
    public static Task WriteScopeMissingAsync(HttpContext context, Scopes scope)
    {
        context.Response.Headers.WWWAuthenticate = $"{Bearer}, error=\"insufficient_scope\", scope=\"{scope.Text()}\"";
        return Problems.WriteAsync(context, StatusCodes.Status403Forbidden, ErrorCodes.ScopeMissing, $"This needs a token with the scope '{scope.Text()}'.");
    }
}
