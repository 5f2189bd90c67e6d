using System.Text.Json.Nodes;

namespace Chat4All.Tests.Api;

/// <summary>Who makes a call.</summary>
public enum ApiCaller
{
    Nobody,
    User,
    Admin,
}

/// <summary>One call of the contract that would succeed as it stands, and what may be done to its body.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Route">Template, parameters without their names.</param>
/// <param name="Path">The template with real ids.</param>
/// <param name="Caller">Whose token it carries.</param>
public sealed record ApiCall(string Method, string Route, string Path, ApiCaller Caller = ApiCaller.User)
{
    /// <summary>A body that is accepted, or null for a call without one.</summary>
    public JsonObject? Body { get; init; }

    /// <summary>Fields that must be there.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>Fields that hold ids.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>Fields with a longest text in characters.</summary>
    public IReadOnlyDictionary<string, int> Longest { get; init; } = new Dictionary<string, int>();

    /// <summary>Whether the call also works without any body.</summary>
    public bool BodyIsOptional { get; init; }

    /// <summary>OAuth endpoints answer errors in the form of RFC 6749 and take forms too.</summary>
    public bool IsOAuth => Route.StartsWith("/auth/", StringComparison.Ordinal);

    /// <summary>As in <see cref="RouteTable"/>.</summary>
    public string Key => $"{Method} {Route}";

    /// <summary>Tells calls of one route apart.</summary>
    public string? Variant { get; init; }

    public override string ToString() => Variant is null ? Key : $"{Key} ({Variant})";
}
