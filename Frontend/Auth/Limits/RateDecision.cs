using System.Globalization;

namespace Chat4All.Frontend.Auth.Limits;

/// <summary>The answer of a rate limit.</summary>
/// <param name="Allowed">Whether the request may go on.</param>
/// <param name="Limit">Units a minute; 0 when the limit is switched off.</param>
/// <param name="Remaining">Units left now.</param>
/// <param name="ResetSeconds">Until the current minute ends.</param>
/// <param name="RetryAfterSeconds">For a refusal: when the same request would pass, at least 1.</param>
internal readonly record struct RateDecision(bool Allowed, int Limit, int Remaining, int ResetSeconds, int RetryAfterSeconds)
{
    /// <summary>Passes and says nothing.</summary>
    public static RateDecision Unlimited { get; } = new(true, 0, 0, 0, 0);

    /// <summary>Sets <c>RateLimit-Limit</c>, <c>-Remaining</c> and <c>-Reset</c>, and <c>Retry-After</c> on a refusal.</summary>
    public void WriteTo(IHeaderDictionary headers)
    {
        if (Limit == 0)
        {
            return;
        }

        headers["RateLimit-Limit"] = Limit.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Remaining"] = Remaining.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Reset"] = ResetSeconds.ToString(CultureInfo.InvariantCulture);
        if (!Allowed)
        {
            headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }
    }
}
