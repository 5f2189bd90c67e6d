using System.Diagnostics.Metrics;
using Chat4All.Grains;
using Chat4All.Grains.Ports;
using Chat4All.Grains.Webhooks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Chat4All.Silo.Workers.Webhooks;

/// <summary>One attempt at a webhook's next call, and what becomes of the call by its answer.</summary>
internal sealed partial class WebhookAttempts(
    IWebhookStore store, IWebhookCaller caller, IDeadLetters deadLetters, IOptions<WebhookOptions> options, TimeProvider time, ILogger<WebhookAttempts> log)
{
    private static readonly Counter<long> Calls = Telemetry.Meter.CreateCounter<long>(
        "chat4all_webhook_calls_total", description: "Calls of API users' webhooks, by what became of them.");

    private static readonly TimeSpan LongestBackoff = TimeSpan.FromHours(1);

    /// <summary>Time for the answer to be written down, on top of the time that the receiver has.</summary>
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(5);

    /// <summary>False when there was none to make, or when it failed: then the webhook waits.</summary>
    public async Task<bool> MakeNextAsync(string webhookId, CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        var lease = now + TimeSpan.FromSeconds(options.Value.TimeoutSeconds) + LeaseMargin;
        if (await store.ClaimAsync(webhookId, now, lease, stopping) is not { } claimed)
        {
            return false;
        }

        WebhookCallResult answer;
        try
        {
            answer = await caller.CallAsync(claimed.Url, claimed.Secret, claimed.Call, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Whether it arrived is not known; the next process makes it at once.
            await store.PostponeAsync(claimed.Call.CallId, time.GetUtcNow(), CancellationToken.None);
            return false;
        }

        if (answer.Error is null)
        {
            Count("delivered");
            await store.FinishAsync(claimed.Call.CallId, CancellationToken.None);
            return true;
        }

        await PutOffAsync(claimed, answer);
        return false;
    }

    private static void Count(string result) => Calls.Add(1, new KeyValuePair<string, object?>("result", result));

    private async Task PutOffAsync(ClaimedCall claimed, WebhookCallResult answer)
    {
        var (call, now) = (claimed.Call, time.GetUtcNow());
        var next = now + Backoff(claimed.Attempts, answer.RetryAfter);
        if (next - call.CreatedAt <= TimeSpan.FromSeconds(options.Value.RetrySeconds))
        {
            Count("failed");
            LogFailed(log, call.WebhookId, answer.Error!, claimed.Attempts);
            await store.PostponeAsync(call.CallId, next, CancellationToken.None);
            return;
        }

        Count("given_up");
        await deadLetters.AddAsync(WebhookCallEvent.ToRecord(call), "webhooks", answer.Error!, claimed.Attempts, CancellationToken.None);
        await store.FinishAsync(call.CallId, CancellationToken.None);
    }

    /// <summary>Doubles with each attempt, give or take a quarter; longer when the receiver asked for it.</summary>
    private TimeSpan Backoff(int attempts, TimeSpan? retryAfter)
    {
        var doubled = TimeSpan.FromMilliseconds(options.Value.BackoffMilliseconds) * Math.Pow(2, Math.Min(attempts - 1, 20));
        var backoff = (doubled < LongestBackoff ? doubled : LongestBackoff) * (0.75 + (Random.Shared.NextDouble() / 2));
        return retryAfter > backoff ? (retryAfter.Value < LongestBackoff ? retryAfter.Value : LongestBackoff) : backoff;
    }

    [LoggerMessage(5103, LogLevel.Information, "A call of webhook {WebhookId} failed: {Error}, attempt {Attempt}")]
    private static partial void LogFailed(ILogger log, string webhookId, string error, int attempt);
}
