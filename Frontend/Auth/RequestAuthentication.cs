namespace Chat4All.Frontend.Auth;

/// <summary>Validates the token of a request: what <see cref="TokenValidator"/> says, and where a demo account may be used.</summary>
internal sealed class RequestAuthentication(TokenValidator validator, DemoAccounts demo)
{
    /// <summary>The caller, when the header's token was validated before.</summary>
    public bool TryGetCached(HttpContext context, out Caller caller) =>
        validator.TryGetCached(BearerToken.InHeader(context), out caller) && (!caller.IsDemo || demo.IsAllowed(context));

    /// <summary>Validates a token that came with the request, wherever in it. An empty token is invalid.</summary>
    public async ValueTask<TokenValidation> ValidateAsync(HttpContext context, string token)
    {
        if (token.Length == 0)
        {
            return TokenValidation.Failed(TokenFailure.Invalid);
        }

        var validation = await validator.ValidateAsync(token, context.RequestAborted);
        return validation.Caller is { IsDemo: true } && !demo.IsAllowed(context) ? TokenValidation.Failed(TokenFailure.Invalid) : validation;
    }
}
