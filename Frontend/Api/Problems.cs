using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chat4All.Frontend.Auth.Limits;
using Chat4All.Grains.Abstractions;
using Microsoft.AspNetCore.WebUtilities;

namespace Chat4All.Frontend.Api;

/// <summary>Routes with this metadata answer errors in the form of RFC 6749 instead of problem details.</summary>
internal sealed class OAuthErrorsMetadata
{
    public static OAuthErrorsMetadata Instance { get; } = new();
}

/// <summary>Writes every error answer of the API: the one place that knows their form.</summary>
internal static class Problems
{
    private static readonly ProblemJson Json = new(new JsonSerializerOptions(ProblemJson.Default.Options)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Answers a refusal by a grain or a rule.</summary>
    public static Task WriteAsync(HttpContext context, ChatError error)
    {
        if (error.Kind == ChatErrorKind.Unavailable)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, error.RetryAfterSeconds).ToString(CultureInfo.InvariantCulture);
        }

        var fields = error.Field is { } field ? new Dictionary<string, string[]> { [field] = [error.Detail] } : null;
        return WriteAsync(context, StatusOf(error.Kind), error.Code, error.Detail, fields);
    }

    /// <summary>Answers 429 with what the limit says.</summary>
    public static Task WriteRateLimitedAsync(HttpContext context, RateDecision decision)
    {
        decision.WriteTo(context.Response.Headers);
        return WriteAsync(context, StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited, $"At most {decision.Limit} a minute are allowed here.");
    }

    /// <summary>Answers any error. A response that has begun is cut off instead, so that nobody takes half of it for the whole.</summary>
    public static Task WriteAsync(HttpContext context, int status, string code, string detail, IReadOnlyDictionary<string, string[]>? fieldErrors = null, IReadOnlyList<int>? missingChunks = null)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        BodySize.AllowDraining(context);
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        if (context.GetEndpoint()?.Metadata.GetMetadata<OAuthErrorsMetadata>() is not null)
        {
            return SendAsync(context, "application/json", new OAuthProblem { Error = code == ProblemCodes.BadRequest ? "invalid_request" : code, ErrorDescription = detail }, Json.OAuthProblem);
        }

        var problem = new Problem
        {
            Type = "urn:chat4all:error:" + code,
            Title = ReasonPhrases.GetReasonPhrase(status),
            Status = status,
            Detail = detail,
            Instance = context.Request.Path.Value ?? "/",
            Error = code,
            TraceId = Activity.Current?.TraceId.ToHexString() ?? "",
            FieldErrors = fieldErrors,
            MissingChunks = missingChunks,
        };
        return SendAsync(context, "application/problem+json", problem, Json.Problem);
    }

    private static int StatusOf(ChatErrorKind kind) => kind switch
    {
        ChatErrorKind.Invalid => StatusCodes.Status400BadRequest,
        ChatErrorKind.Forbidden => StatusCodes.Status403Forbidden,
        ChatErrorKind.NotFound => StatusCodes.Status404NotFound,
        ChatErrorKind.Conflict => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static Task SendAsync<T>(HttpContext context, string contentType, T value, JsonTypeInfo<T> type)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
