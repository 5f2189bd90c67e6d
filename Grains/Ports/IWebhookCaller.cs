namespace Chat4All.Grains.Ports;

/// <summary>Makes the calls of webhooks. Connects to public addresses alone, unless a setting allows others, and follows no redirect.</summary>
public interface IWebhookCaller
{
    /// <summary>Why calls to this address would be refused, as a sentence without its subject; null when they would not. Resolves its name.</summary>
    Task<string?> FindFaultAsync(Uri url, CancellationToken cancellationToken);

    /// <summary>Posts the body, signed. Never throws for what the receiver does or fails to do: that is the answer.</summary>
    Task<WebhookCallResult> CallAsync(string url, string secret, WebhookCall call, CancellationToken cancellationToken);
}

/// <summary>What a receiver answered.</summary>
/// <param name="Status">The HTTP status; null when there was no answer.</param>
/// <param name="Error">A stable snake_case code; null when the receiver took the call (2xx).</param>
/// <param name="RetryAfter">How long the receiver wants to be left alone; null when it did not say.</param>
public sealed record WebhookCallResult(int? Status, string? Error, TimeSpan Duration, TimeSpan? RetryAfter = null);
