using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;

namespace Chat4All.Frontend.Auth;

/// <summary>What a route demands. A route that says nothing demands a token with <c>read</c> for GET and HEAD and with <c>write</c> for everything else, and counts writes as requests.</summary>
internal sealed record EndpointAccess
{
    /// <summary>The scope, or null for the rule by method; <see cref="Scopes.None"/> is satisfied by any token.</summary>
    public Scopes? Scope { get; init; }

    /// <summary>The handler takes from the bucket of messages itself, or the route is no change of state.</summary>
    public bool CountsNothing { get; init; }

    /// <summary>The token may also come as <c>?access_token=</c>, because browsers' sockets cannot send headers.</summary>
    public bool TakesQueryToken { get; init; }

    /// <summary>A request with a <c>signature</c> needs no token: the handler checks it.</summary>
    public bool TakesSignedLink { get; init; }

    /// <summary>Whether anybody may call the route.</summary>
    public bool Anonymous { get; init; }
}

/// <summary>The largest body that a route reads, in bytes.</summary>
internal sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;

/// <summary>Ways for routes to say what they demand.</summary>
internal static class EndpointAccessExtensions
{
    /// <summary>Demands a scope other than the method's own.</summary>
    public static T RequireScope<T>(this T builder, string scope)
        where T : IEndpointConventionBuilder =>
        builder.Amend(access => access with { Scope = ScopeNames.TryParse(scope, out var parsed) ? parsed : throw new ArgumentException($"'{scope}' is no scope.", nameof(scope)) });

    /// <summary>Any valid token will do.</summary>
    public static T RequireAnyScope<T>(this T builder)
        where T : IEndpointConventionBuilder =>
        builder.Amend(static access => access with { Scope = Scopes.None });

    /// <summary>The pipeline takes nothing from the request bucket: the handler asks <see cref="Limits.MessageRateLimiter"/>, or nothing is changed.</summary>
    public static T WithoutRequestLimit<T>(this T builder)
        where T : IEndpointConventionBuilder =>
        builder.Amend(static access => access with { CountsNothing = true });

    /// <summary>Also takes the token from the query string. For SignalR.</summary>
    public static T AcceptQueryToken<T>(this T builder)
        where T : IEndpointConventionBuilder =>
        builder.Amend(static access => access with { TakesQueryToken = true });

    /// <summary>Also lets requests through that carry a signature instead of a token; the handler verifies it where there is no caller.</summary>
    public static T AcceptSignedLink<T>(this T builder)
        where T : IEndpointConventionBuilder =>
        builder.Amend(static access => access with { TakesSignedLink = true });

    /// <summary>Anybody may call it; the handler itself asks for a token if it wants one.</summary>
    public static T AllowAnyone<T>(this T builder)
        where T : IEndpointConventionBuilder =>
        builder.Amend(static access => access with { Anonymous = true }).WithMetadata(new AllowAnonymousAttribute());

    /// <summary>Reads bodies up to this many bytes.</summary>
    public static T LimitBody<T>(this T builder, long bytes)
        where T : IEndpointConventionBuilder =>
        builder.WithMetadata(new BodyLimit(bytes));

    private static T Amend<T>(this T builder, Func<EndpointAccess, EndpointAccess> change)
        where T : IEndpointConventionBuilder
    {
        // The last one counts, so each builds on the one before.
        builder.Add(endpoint => endpoint.Metadata.Add(change(endpoint.Metadata.OfType<EndpointAccess>().LastOrDefault() ?? new EndpointAccess())));
        return builder;
    }
}
