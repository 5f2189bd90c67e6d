using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Api;

/// <summary>Turns whatever a route threw into an answer. Nothing of an unexpected exception leaves the process but the trace id.</summary>
internal static partial class ProblemsOfExceptions
{
    /// <summary>Status of a request whose client went away before the answer; seen only in metrics.</summary>
    private const int ClientClosedRequest = 499;

    public static Task WriteAsync(HttpContext context, Exception exception, ILogger logger)
    {
        switch (exception)
        {
            case ChatException chat:
                return Problems.WriteAsync(context, chat.Error);
            case ProblemException problem:
                return Problems.WriteAsync(context, problem.Status, problem.Code, problem.Message, problem.FieldErrors);
            case StoreUnavailableException:
                LogUnavailable(logger, exception);
                return Problems.WriteAsync(context, new ChatError(ChatErrorKind.Unavailable, ErrorCodes.StoreUnavailable, "The store cannot be reached; nothing was written."));
            case ObjectStoreUnavailableException:
                LogUnavailable(logger, exception);
                return Problems.WriteAsync(context, new ChatError(ChatErrorKind.Unavailable, ErrorCodes.StorageUnavailable, "The object store cannot be reached; nothing was kept."));
            case ObjectStoreFullException:
                LogFull(logger, exception);
                return Problems.WriteAsync(context, StatusCodes.Status507InsufficientStorage, ErrorCodes.StorageFull, "There is no room left for files; nothing was kept.");
            case CommitOutcomeUnknownException:
                LogUnavailable(logger, exception);
                return Problems.WriteAsync(context, OutcomeUnknown());
            case TimeoutException:
                LogTimeout(logger, exception);
                return Problems.WriteAsync(context, OutcomeUnknown());
            case BadHttpRequestException { InnerException: JsonException json }:
                return WriteJsonAsync(context, json);
            case BadHttpRequestException bad:
                return Problems.WriteAsync(context, bad.StatusCode, ProblemCodes.Of(bad.StatusCode), DetailOf(bad));
            case JsonException json:
                return WriteJsonAsync(context, json);
            case OperationCanceledException or IOException when context.RequestAborted.IsCancellationRequested:
                return GoneAsync(context);
            default:
                LogUnexpected(logger, exception);
                return Problems.WriteAsync(context, StatusCodes.Status500InternalServerError, ProblemCodes.InternalError, ProblemCodes.DetailOf(500));
        }
    }

    /// <summary>The error for a change whose answer was lost.</summary>
    public static ChatError OutcomeUnknown() =>
        new(ChatErrorKind.Unavailable, ErrorCodes.OutcomeUnknown, "It is not known whether this was done; the same request again, with the same id, tells.");

    private static Task WriteJsonAsync(HttpContext context, JsonException json)
    {
        // Only the path of a field is told; the message may quote the input. Names in it are the client's own, so long ones are cut.
        var field = json.Path?.TrimStart('$').TrimStart('.') is { Length: > 0 and <= 100 } path ? path : null;
        var detail = field is null ? "The body is not valid JSON." : $"The body is not valid JSON, or has the wrong type, at '{field}'.";
        return Problems.WriteAsync(context, new ChatError(ChatErrorKind.Invalid, ErrorCodes.MalformedJson, detail, field));
    }

    private static string DetailOf(BadHttpRequestException bad) =>
        bad.StatusCode == StatusCodes.Status400BadRequest ? "The request is malformed." : ProblemCodes.DetailOf(bad.StatusCode);

    private static Task GoneAsync(HttpContext context)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = ClientClosedRequest;
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(1001, LogLevel.Error, "A request failed unexpectedly")]
    private static partial void LogUnexpected(ILogger logger, Exception exception);

    [LoggerMessage(1002, LogLevel.Warning, "The store did not answer a request")]
    private static partial void LogUnavailable(ILogger logger, Exception exception);

    [LoggerMessage(1004, LogLevel.Error, "The object store is full")]
    private static partial void LogFull(ILogger logger, Exception exception);

    [LoggerMessage(1003, LogLevel.Warning, "A call took too long")]
    private static partial void LogTimeout(ILogger logger, Exception exception);
}
