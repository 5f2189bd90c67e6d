using System.Net;
using System.Text.Json;
using Chat4All.Infrastructure.Connectors.Http;

namespace Chat4All.Infrastructure.Connectors.Graph;

/// <summary>The <c>error</c> object of the Graph API: https://developers.facebook.com/docs/graph-api/guides/error-handling.</summary>
internal readonly record struct GraphError(HttpStatusCode Status, int Code, int Subcode, bool IsTransient, TimeSpan? RetryAfter)
{
    private static readonly TimeSpan QuotaPause = TimeSpan.FromSeconds(30);

    /// <summary>What the codes mean that all products share.</summary>
    public Verdict Common() => Code switch
    {
        // The app's, the user's, the page's and each product's own limit of calls.
        4 or 17 or 32 or 613 or (>= 80000 and <= 80014) => Throttled(QuotaPause),
        _ when Status == HttpStatusCode.TooManyRequests => Throttled(TimeSpan.FromSeconds(1)),

        // Nothing goes out until the operator has set this right, and nothing is lost meanwhile: that is the circuit's work.
        0 or 102 or 190 => Verdict.Retry("credentials_refused"),
        3 or 10 or (>= 200 and <= 299) => Verdict.Retry("permission_denied"),
        _ when Status == HttpStatusCode.Unauthorized => Verdict.Retry("credentials_refused"),

        1 or 2 or 1200 => Verdict.Retry("platform_error"),
        368 => Verdict.Failed("sender_restricted"),
        33 or 100 => Verdict.Failed("invalid_request"),
        _ when IsTransient || (int)Status >= 500 => Verdict.Retry("platform_error"),
        _ => Verdict.Failed($"refused_{Code}"),
    };

    /// <summary>Too fast for the sender; waits as long as the platform said or, when it did not, this long.</summary>
    public Verdict Throttled(TimeSpan otherwise) => Verdict.Throttled(RetryAfter ?? otherwise);

    /// <summary>The error in an answer's body, if it has one.</summary>
    public static GraphError? Of(JsonElement body, PlatformAnswer answer)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return new GraphError(
            answer.Status,
            Number(error, "code"),
            Number(error, "error_subcode"),
            error.TryGetProperty("is_transient", out var transient) && transient.ValueKind == JsonValueKind.True,
            answer.RetryAfter);
    }

    private static int Number(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : -1;
}
