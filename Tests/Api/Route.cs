namespace Chat4All.Tests.Api;

/// <summary>Who may call a route.</summary>
public enum RouteAccess
{
    /// <summary>Anybody, without a token.</summary>
    Anyone,

    /// <summary>Every user, about oneself: what the answer holds is the caller's own.</summary>
    Self,

    /// <summary>Members of the conversation that the call is about.</summary>
    Member,

    /// <summary>Scope <c>admin</c>.</summary>
    Admin,

    /// <summary>A socket, which refuses by its own close codes.</summary>
    Socket,
}

/// <summary>A route of the server, and a call to it that its own users may make.</summary>
/// <param name="Key">Method and template, parameters without their names: <c>GET /v1/messages/{}</c>.</param>
/// <param name="Access">Who may call it.</param>
/// <param name="Path">With ids of <see cref="ApiFixture"/>; null: the template itself.</param>
/// <param name="Body">JSON, or null for none.</param>
/// <param name="ReadOnly">Whether scope <c>read</c> is enough although it is no GET.</param>
internal sealed record Route(string Key, RouteAccess Access, string? Path = null, string? Body = null, bool ReadOnly = false)
{
    public string Method => Key[..Key.IndexOf(' ')];

    public string CallPath => Path ?? Key[(Key.IndexOf(' ') + 1)..];

    /// <summary>Whether a token with scope <c>read</c> alone must be refused.</summary>
    public bool NeedsWrite => !ReadOnly && Method is not ("GET" or "HEAD") && Access is RouteAccess.Self or RouteAccess.Member;
}
