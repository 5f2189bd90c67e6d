using Chat4All.Frontend.Api;
using Chat4All.Frontend.Auth.Limits;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Auth;

/// <summary>Lets a request through to its route when it carries a token that the route accepts. With a token seen before this costs one look-up and no allocation but the feature.</summary>
internal sealed class CallerMiddleware(RequestDelegate next, RequestAuthentication authentication, RequestRateLimiter limiter)
{
    private static readonly EndpointAccess ByMethod = new();

    public Task InvokeAsync(HttpContext context)
    {
        // What is no route (routing's own 405 and 415, files) is nobody's secret.
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            return next(context);
        }

        var access = endpoint.Metadata.GetMetadata<EndpointAccess>() ?? ByMethod;
        if (access.Anonymous || (access.TakesSignedLink && context.Request.Query.ContainsKey("signature")))
        {
            return BodySize.IsTooLarge(context) ? BodySize.RefuseAsync(context) : next(context);
        }

        return authentication.TryGetCached(context, out var caller)
            ? Admit(context, access, caller)
            : AuthenticateAsync(context, access);
    }

    private async Task AuthenticateAsync(HttpContext context, EndpointAccess access)
    {
        var token = BearerToken.InHeader(context).ToString();
        if (token.Length == 0 && access.TakesQueryToken)
        {
            token = BearerToken.InQuery(context, "access_token") ?? "";
        }

        var validation = await authentication.ValidateAsync(context, token);
        await (validation.Caller is { } caller ? Admit(context, access, caller) : Challenge.WriteAsync(context, token.Length == 0, validation.Failure));
    }

    private Task Admit(HttpContext context, EndpointAccess access, Caller caller)
    {
        var reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        var scope = access.Scope ?? (reads ? Scopes.Read : Scopes.Write);
        if ((caller.Scopes & scope) != scope)
        {
            return Challenge.WriteScopeMissingAsync(context, scope);
        }

        if (BodySize.IsTooLarge(context))
        {
            return BodySize.RefuseAsync(context);
        }

        context.SetCaller(caller);
        if (!reads && !access.CountsNothing)
        {
            var decision = limiter.TryTake(caller.UserId);
            if (!decision.Allowed)
            {
                return Problems.WriteRateLimitedAsync(context, decision);
            }

            decision.WriteTo(context.Response.Headers);
        }

        return next(context);
    }
}
