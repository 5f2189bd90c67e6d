using System.Security.Claims;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace Chat4All.Frontend.Auth;

/// <summary>Carries the caller on a request; the claims principal is made only when somebody asks for it.</summary>
internal sealed class CallerFeature(Caller caller) : IHttpAuthenticationFeature
{
    private ClaimsPrincipal? _user;

    public Caller Caller { get; } = caller;

    public ClaimsPrincipal? User
    {
        get => _user ??= Caller.ToPrincipal();
        set => _user = value;
    }
}

/// <summary>Access to the caller of a request.</summary>
internal static class CallerExtensions
{
    /// <summary>The caller. Throws on a route that takes anonymous requests and got one.</summary>
    public static Caller Caller(this HttpContext context) =>
        context.FindCaller() ?? throw new InvalidOperationException("The route takes anonymous requests; ask FindCaller.");

    /// <summary>The caller, or null when the request is anonymous.</summary>
    public static Caller? FindCaller(this HttpContext context) =>
        (context.Features.Get<IHttpAuthenticationFeature>() as CallerFeature)?.Caller;

    /// <summary>Notes who makes the request.</summary>
    public static void SetCaller(this HttpContext context, Caller caller) =>
        context.Features.Set<IHttpAuthenticationFeature>(new CallerFeature(caller));
}
