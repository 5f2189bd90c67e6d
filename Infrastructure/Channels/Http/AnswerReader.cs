using System.Net;
using System.Text.Json;

namespace Chat4All.Infrastructure.Connectors.Http;

/// <summary>Reads answers in JSON; what is not in the platform's form came from something in between.</summary>
internal static class AnswerReader
{
    /// <param name="success">Reads the body of a 2xx; null when it is not what was promised.</param>
    /// <param name="failure">Reads any other; null when it is not in the platform's form.</param>
    public static Verdict Read(PlatformAnswer answer, Func<JsonElement, Verdict?> success, Func<JsonElement, Verdict?> failure)
    {
        try
        {
            using var json = JsonDocument.Parse(answer.Body);
            var verdict = (int)answer.Status is >= 200 and < 300 ? success(json.RootElement) : failure(json.RootElement);
            return verdict ?? ByStatus(answer);
        }
        catch (Exception notTheirs) when (notTheirs is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return ByStatus(answer);
        }
    }

    private static Verdict ByStatus(PlatformAnswer answer) => answer.Status switch
    {
        HttpStatusCode.TooManyRequests => Verdict.Throttled(answer.RetryAfter ?? TimeSpan.FromSeconds(1)),
        HttpStatusCode.ServiceUnavailable when answer.RetryAfter is { } wait => Verdict.Throttled(wait) with { Unhealthy = true },
        HttpStatusCode.ServiceUnavailable => Verdict.Retry("platform_unavailable"),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired => Verdict.Retry("credentials_refused"),

        // Nobody took it; the address in the settings is not the platform's.
        >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest or HttpStatusCode.NotFound => Verdict.Retry("platform_not_found"),
        HttpStatusCode.RequestEntityTooLarge => Verdict.Failed("file_too_large"),
        HttpStatusCode.RequestTimeout => Verdict.Retry("platform_unavailable"),
        >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => Verdict.Failed("invalid_request"),

        // A success without the message's id, or a gateway that got no answer itself.
        _ => Verdict.Unknown(),
    };
}
