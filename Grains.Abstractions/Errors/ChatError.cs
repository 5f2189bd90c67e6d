using Orleans;

namespace Chat4All.Grains.Abstractions;

/// <summary>What kind of refusal an error is; the frontend turns each kind into one HTTP status.</summary>
public enum ChatErrorKind
{
    /// <summary>The request is malformed or breaks a rule (400).</summary>
    Invalid,

    /// <summary>The caller may not do this (403).</summary>
    Forbidden,

    /// <summary>There is no such thing, or the caller may not know of it (404).</summary>
    NotFound,

    /// <summary>The request contradicts what is stored (409).</summary>
    Conflict,

    /// <summary>A store is down or a queue is full; the same request may succeed later (503 with Retry-After).</summary>
    Unavailable,
}

/// <summary>A refusal with a stable code that clients may rely on.</summary>
/// <param name="Kind">Decides the HTTP status.</param>
/// <param name="Code">Stable snake_case code, see <see cref="ErrorCodes"/>.</param>
/// <param name="Detail">One sentence for a person; never holds another user's data.</param>
/// <param name="Field">The request field at fault, where there is one.</param>
[GenerateSerializer, Immutable, Alias("chat4all.ChatError")]
public sealed record ChatError(
    [property: Id(0)] ChatErrorKind Kind,
    [property: Id(1)] string Code,
    [property: Id(2)] string Detail,
    [property: Id(3)] string? Field = null)
{
    /// <summary>For <see cref="ChatErrorKind.Unavailable"/>: after how many seconds a retry makes sense.</summary>
    [Id(4)]
    public int RetryAfterSeconds { get; init; } = 1;
}
