using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Connectors.Http;

/// <summary>What one request to a platform came to.</summary>
/// <param name="Unhealthy">Whether it says that the platform, or the way to it, does not work at the moment: enough of these open the circuit.</param>
/// <param name="SenderPause">How long nothing should be sent to anybody.</param>
/// <param name="RecipientPause">How long nothing should be sent to this recipient.</param>
internal readonly record struct Verdict(SendResult Result, bool Unhealthy = false, TimeSpan SenderPause = default, TimeSpan RecipientPause = default)
{
    /// <summary>The longest that a platform is obeyed without being asked again: a mistaken answer must not silence a channel for days.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>The platform took the message.</summary>
    public static Verdict Sent(string externalId) => new(new SendResult(AttemptOutcome.Sent, externalId));

    /// <summary>The platform will never take it.</summary>
    public static Verdict Failed(string error) => new(new SendResult(AttemptOutcome.Failed, Error: error));

    /// <summary>The platform did not take it this time.</summary>
    public static Verdict Retry(string error, bool unhealthy = true) => new(new SendResult(AttemptOutcome.Retry, Error: error), unhealthy);

    /// <summary>Nobody knows.</summary>
    public static Verdict Unknown() => new(new SendResult(AttemptOutcome.Unknown, Error: "outcome_unknown"), Unhealthy: true);

    /// <summary>Too fast for the platform.</summary>
    public static Verdict Throttled(TimeSpan retryAfter) => new(Wait(retryAfter), SenderPause: Limited(retryAfter));

    /// <summary>Too fast for this recipient.</summary>
    /// <param name="senderPause">For everybody, where the platform does not say whose pace it means.</param>
    public static Verdict RecipientThrottled(TimeSpan retryAfter, TimeSpan senderPause = default) =>
        new(Wait(retryAfter), SenderPause: Limited(senderPause), RecipientPause: Limited(retryAfter));

    private static SendResult Wait(TimeSpan retryAfter) => new(AttemptOutcome.Throttled, Error: "throttled", RetryAfter: Limited(retryAfter));

    private static TimeSpan Limited(TimeSpan pause) => pause < LongestPause ? pause : LongestPause;
}
